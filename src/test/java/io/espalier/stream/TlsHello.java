package io.espalier.stream;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.HexFormat;

/**
 * The first message of a TLS client, written by hand: the JDK's own client no longer speaks the old
 * versions, so that its refusal would prove nothing about the server.
 */
final class TlsHello {

    /** TLS 1.1 on the wire. */
    static final int TLS_1_1 = 0x0302;

    /** TLS 1.2 on the wire. */
    static final int TLS_1_2 = 0x0303;

    private static final int HANDSHAKE = 0x16;
    private static final int ALERT = 0x15;
    private static final int SERVER_HELLO_TYPE = 2;
    private static final int PROTOCOL_VERSION = 70;
    private static final int TIMEOUT_MILLIS = 30_000;

    /** Suites of both versions, with RSA: ECDHE-GCM of TLS 1.2, ECDHE-CBC and CBC of the older. */
    private static final String SUITES = "c02fc030c013c014002f0035";

    /** Curve secp256r1, uncompressed points, RSA signatures with SHA-256, PSS and PKCS #1. */
    private static final String EXTENSIONS =
            "000a000400020017" + "000b00020100" + "000d0006000408040401";

    private TlsHello() {}

    /** What a server says to the first message. */
    enum Answer {
        SERVER_HELLO,
        PROTOCOL_VERSION_REFUSED,
        OTHER
    }

    /** Sends a client's first message of one version, the same but for the version. */
    static Answer answer(Socket socket, int version) throws IOException {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        byte[] body =
                HexFormat.of()
                        .parseHex(
                                "%04x".formatted(version)
                                        + "5a".repeat(32)
                                        + "00"
                                        + "%04x".formatted(SUITES.length() / 2)
                                        + SUITES
                                        + "0100"
                                        + "%04x".formatted(EXTENSIONS.length() / 2)
                                        + EXTENSIONS);
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.writeByte(HANDSHAKE);
        out.writeShort(version);
        out.writeShort(body.length + 4);
        out.writeInt(1 << 24 | body.length);
        out.write(body);
        out.flush();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int type = in.readUnsignedByte();
        in.readUnsignedShort();
        in.readUnsignedShort();
        int first = in.readUnsignedByte();
        if (type == HANDSHAKE && first == SERVER_HELLO_TYPE) {
            return Answer.SERVER_HELLO;
        }
        return type == ALERT && in.readUnsignedByte() == PROTOCOL_VERSION
                ? Answer.PROTOCOL_VERSION_REFUSED
                : Answer.OTHER;
    }
}
