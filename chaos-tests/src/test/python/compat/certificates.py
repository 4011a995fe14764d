"""Certificates and password files that the cases name, made with the openssl command."""

import pathlib
import ssl
import subprocess


def openssl(*arguments, **more):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, **more).stdout


class Certificates:
    """Keys and certificates, each made once, in a folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def authority(self, name):
        base = self.folder / f"{name}-ca"
        key, certificate = pathlib.Path(f"{base}.key"), pathlib.Path(f"{base}.crt")
        if not certificate.exists():
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                    "-subj", f"/CN={name}-ca", "-keyout", str(key), "-out", str(certificate))
        return base

    def pair(self, name, hosts, common_name, authority=None):
        """Paths of a certificate and its key, made by an authority or by itself."""
        base = self.folder / name.replace("*", "any").replace("/", "-")
        certificate, key = pathlib.Path(f"{base}.crt"), pathlib.Path(f"{base}.key")
        if certificate.exists():
            return certificate, key
        names = ",".join(f"DNS:{host}" for host in hosts)
        more = ["-addext", f"subjectAltName={names}"] if names else []
        if authority:
            request = pathlib.Path(f"{base}.csr")
            openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                    f"/O=compat/CN={common_name}", "-keyout", str(key), "-out", str(request), *more)
            openssl("x509", "-req", "-in", str(request), "-CA", f"{authority}.crt", "-CAkey", f"{authority}.key",
                    "-CAcreateserial", "-days", "30", "-copy_extensions", "copy", "-out", str(certificate))
        else:
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                    "-subj", f"/O=compat/CN={common_name}", "-keyout", str(key), "-out", str(certificate), *more)
        return certificate, key

    def server_context(self, certificate, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context


def describe(der):
    """What a certificate says of itself."""
    text = openssl("x509", "-inform", "DER", "-noout", "-subject", "-issuer", "-ext", "subjectAltName",
                   "-nameopt", "sep_multiline,sname", input=der).decode()
    found, part = {"dns_names": []}, ""
    for line in text.splitlines():
        line = line.strip()
        if line.startswith(("subject=", "issuer=")):
            part, line = line.split("=", 1)
        for name in ("CN", "O"):
            if part and line.startswith(name + "="):
                found[f"{part}_{name.lower()}"] = line[len(name) + 1:]
        if line.startswith("DNS:"):
            found["dns_names"] = [one.strip()[4:] for one in line.split(",")]
    return found


def password_hash(password):
    """A hash as the cases want it: bcrypt where Python has it, else apr1."""
    try:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import crypt
        return crypt.crypt(password, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=2**5))
    except (ImportError, AttributeError, OSError):
        return openssl("passwd", "-apr1", password).decode().strip()
