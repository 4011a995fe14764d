package dev.sluice.node;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.conscrypt.Conscrypt;

/** Who does the cryptography of TLS on clients' connections. */
enum TlsProvider {
  JDK {
    @Override
    SSLContext context() throws GeneralSecurityException {
      return SSLContext.getInstance("TLS");
    }

    @Override
    SSLEngine engine(SSLContext context) {
      return context.createSSLEngine();
    }
  },

  /** Conscrypt, which is BoringSSL behind the JDK's interfaces. */
  NATIVE {
    @Override
    SSLContext context() throws GeneralSecurityException {
      try {
        Provider provider = Conscrypt.newProvider();
        return SSLContext.getInstance("TLS", provider);
      } catch (LinkageError e) {
        throw new NoSuchAlgorithmException(
            "sluice.edge.tls-engine: native (there is none for " + System.getProperty("os.name")
                + " on " + System.getProperty("os.arch") + "; expected: jdk)",
            e);
      }
    }

    @Override
    SSLEngine engine(SSLContext context) {
      SSLEngine engine = context.createSSLEngine();
      Conscrypt.setUseSessionTickets(engine, true);
      return engine;
    }
  };

  /** @throws GeneralSecurityException if it can't be used on this machine */
  abstract SSLContext context() throws GeneralSecurityException;

  /** One connection's, with whose session its client can come again: kept by the node or, where it is native, by the client. */
  abstract SSLEngine engine(SSLContext context);
}
