package dev.picket.agent.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemGenerationException;

/** A certificate authority of a test: certificates with any dates and names, and a list of revoked ones. */
public final class TestAuthority {
    private static final Duration DAY = Duration.ofDays(1);

    private final X500Name name;
    private final KeyPair keys = ecKeys();
    private final X509Certificate certificate;
    private long serials = 1;

    /** A key with its certificate. */
    public record Issued(KeyPair keys, X509Certificate certificate) {
        /** What was written. */
        public static Issued read(Path certificateFile, Path keyFile) throws IOException, GeneralSecurityException {
            X509Certificate certificate =
                    Pem.certificates(Files.readAllBytes(certificateFile)).getFirst();
            return new Issued(
                    new KeyPair(certificate.getPublicKey(), Pem.privateKey(Files.readAllBytes(keyFile), null)),
                    certificate);
        }

        /** Writes both as PEM; the key closed to others, as it must be. */
        public Issued write(Path certificateFile, Path keyFile) throws PemGenerationException {
            put(certificateFile, pem(certificate), "rw-r--r--");
            put(keyFile, pem(new JcaPKCS8Generator(keys.getPrivate(), null)), "rw-------");
            return this;
        }
    }

    public TestAuthority(String commonName) {
        this.name = new X500Name("CN=" + commonName);
        Instant now = Instant.now();
        this.certificate = sign(name, keys, now.minus(DAY), now.plus(DAY.multipliedBy(3_650)), true, List.of());
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public Path write(Path file) {
        return put(file, pem(certificate), "rw-r--r--");
    }

    /** For this machine, by name and by address. */
    public Issued server() {
        return issue("broker", Instant.now().plus(DAY), "localhost", "127.0.0.1");
    }

    public Issued client(String commonName) {
        return issue(commonName, Instant.now().plus(DAY.multipliedBy(365)));
    }

    /** One for these hosts that ends, or ended, at an instant. */
    public Issued issue(String commonName, Instant notAfter, String... hosts) {
        return issue(commonName, ecKeys(), notAfter, hosts);
    }

    public Issued issue(String commonName, KeyPair pair, Instant notAfter, String... hosts) {
        List<GeneralName> names = new ArrayList<>();
        for (String host : hosts) {
            boolean address = Character.isDigit(host.charAt(0));
            names.add(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host));
        }
        X500Name subject = new X500Name("CN=" + commonName);
        return new Issued(pair, sign(subject, pair, notAfter.minus(DAY.multipliedBy(400)), notAfter, false, names));
    }

    /** Writes the list of certificates that count no more. */
    public Path revoke(Path file, X509Certificate... revoked) {
        Date now = Date.from(Instant.now());
        X509v2CRLBuilder list = new X509v2CRLBuilder(name, now);
        list.setNextUpdate(Date.from(Instant.now().plus(DAY)));
        for (X509Certificate each : revoked) {
            list.addCRLEntry(each.getSerialNumber(), now, 0);
        }
        try {
            return put(
                    file,
                    pem(list.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))),
                    "rw-r--r--");
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeyPair ecKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Certificate sign(
            X500Name subject, KeyPair pair, Instant from, Instant until, boolean authority, List<GeneralName> names) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    name, BigInteger.valueOf(serials++), Date.from(from), Date.from(until), subject, pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static String pem(Object thing) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(thing);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Writes beside and moves, as who renews certificates does. */
    public static Path put(Path file, String content, String mode) {
        try {
            Path beside = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), content);
            Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString(mode));
            return Files.move(beside, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
