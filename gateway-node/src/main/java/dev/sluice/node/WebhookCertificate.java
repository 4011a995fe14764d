package dev.sluice.node;

import dev.sluice.ingress.Certificate;
import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredSecret;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.Reconciled;
import dev.sluice.ingress.kube.Listing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the webhook shows for itself, as it is now: from files, or from a Secret. What can't be read changes nothing. */
final class WebhookCertificate implements Supplier<Map<String, Certificate>> {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookCertificate.class);

  private final WebhookSettings settings;
  private final Supplier<@Nullable Listing> listed;
  private @Nullable Object readFrom;
  private Map<String, Certificate> current = Map.of();

  WebhookCertificate(WebhookSettings settings, Supplier<@Nullable Listing> listed) {
    this.settings = settings;
    this.listed = listed;
  }

  /** By host; the only one stands for all. Empty while there is none. */
  @Override
  public synchronized Map<String, Certificate> get() {
    try {
      if (settings.secret() == null) {
        readFiles();
      } else {
        readSecret(settings.secret());
      }
    } catch (IOException | GeneralSecurityException e) {
      LOG.warn("the webhook's certificate can't be read: {}", e.toString());
    }
    return current;
  }

  private void readFiles() throws IOException, GeneralSecurityException {
    Path chain = Path.of(settings.certificateFile());
    Path key = Path.of(settings.keyFile());
    Map<Path, FileTime> stamps =
        Map.of(chain, Files.getLastModifiedTime(chain), key, Files.getLastModifiedTime(key));
    if (!stamps.equals(readFrom)) {
      readFrom = stamps;
      ObjectKey none = new ObjectKey("Secret", "", settings.certificateFile());
      take(Certificate.read(none, Files.readAllBytes(chain), Files.readAllBytes(key)));
    }
  }

  private void readSecret(ObjectKey key) throws GeneralSecurityException {
    Listing all = listed.get();
    if (all == null || all == readFrom) {
      return;
    }
    readFrom = all;
    for (Declaration one : all.declared()) {
      if (one instanceof DeclaredSecret secret && secret.key().equals(key)) {
        byte[] chain = secret.value("tls.crt");
        byte[] privateKey = secret.value("tls.key");
        if (chain == null || privateKey == null) {
          throw new GeneralSecurityException(key + " has no tls.crt, or no tls.key");
        }
        take(Certificate.read(key, chain, privateKey));
      }
    }
  }

  private void take(Certificate certificate) {
    current = Map.of(Reconciled.ALL_OTHER_HOSTS, certificate);
  }
}
