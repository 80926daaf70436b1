package io.espalier.testing;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Certificates for the loopback interface that the JDK's own keytool signs: a good one and an
 * expired one of one authority, and another authority that signed neither. All stores are PKCS12
 * with one password.
 */
public final class Certificates {

    private static final String AUTHORITY = "authority";
    private static final String STRANGER = "stranger";
    private static final String GOOD = "good";
    private static final String EXPIRED = "expired";

    private final Path directory;
    private final char[] password;
    private final KeyStore all;

    private Certificates(Path directory, String password, KeyStore all) {
        this.directory = directory;
        this.password = password.toCharArray();
        this.all = all;
    }

    /** Makes them in an existing directory. */
    public static Certificates make(Path directory, String password) throws Exception {
        Path store = directory.resolve("all.p12");
        Path secret = Files.writeString(directory.resolve("store-password"), password);
        keytool(store, secret, AUTHORITY, "-ext", "bc:critical=ca:true");
        keytool(store, secret, STRANGER, "-ext", "bc:critical=ca:true");
        String[] server = {"-signer", AUTHORITY, "-ext", "san=ip:127.0.0.1,dns:localhost"};
        keytool(store, secret, GOOD, server);
        keytool(store, secret, EXPIRED, join(server, "-startdate", "-9d", "-validity", "7"));
        KeyStore all = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            all.load(in, password.toCharArray());
        }
        return new Certificates(directory, password, all);
    }

    /** A store with a key whose certificate is valid. */
    public Path goodKey() throws IOException, GeneralSecurityException {
        return key(GOOD);
    }

    /** A store with a key whose certificate expired two days ago. */
    public Path expiredKey() throws IOException, GeneralSecurityException {
        return key(EXPIRED);
    }

    /** A trust store with the authority that signed both. */
    public Path trust() throws IOException, GeneralSecurityException {
        return trust(AUTHORITY);
    }

    /** A trust store with another authority. */
    public Path strangersTrust() throws IOException, GeneralSecurityException {
        return trust(STRANGER);
    }

    /** A client's context that trusts the authority, with or without a certificate of its own. */
    public SSLContext client(boolean known) throws IOException, GeneralSecurityException {
        TrustManagerFactory trusted =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(load(trust()));
        KeyManagerFactory own =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(load(goodKey()), password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(known ? own.getKeyManagers() : null, trusted.getTrustManagers(), null);
        return context;
    }

    private Path key(String alias) throws IOException, GeneralSecurityException {
        KeyStore one = empty();
        one.setKeyEntry(
                alias, all.getKey(alias, password), password, all.getCertificateChain(alias));
        return write(one, alias + "-key.p12");
    }

    private Path trust(String alias) throws IOException, GeneralSecurityException {
        KeyStore one = empty();
        one.setCertificateEntry(alias, all.getCertificate(alias));
        return write(one, alias + "-trust.p12");
    }

    private Path write(KeyStore store, String name) throws IOException, GeneralSecurityException {
        Path file = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password);
        }
        return file;
    }

    private KeyStore load(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        return store;
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static void keytool(Path store, Path secret, String name, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-keyalg", "RSA", "-keysize", "2048"));
        command.addAll(List.of("-alias", name, "-dname", "CN=" + name, "-storetype", "PKCS12"));
        command.addAll(List.of("-keystore", store.toString()));
        command.addAll(List.of("-storepass:file", secret.toString()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool: " + output);
        }
    }

    private static String[] join(String[] some, String... more) {
        List<String> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
