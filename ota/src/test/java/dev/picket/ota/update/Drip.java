package dev.picket.ota.update;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An answer that sends the first half of a file, then a byte now and then, or none, until it is let go. */
final class Drip implements HttpHandler {
    final CountDownLatch half = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    private final byte[] file;
    private final boolean silent;

    Drip(byte[] file, boolean silent) {
        this.file = file;
        this.silent = silent;
    }

    int halfLength() {
        return file.length / 2;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, file.length);
        OutputStream out = exchange.getResponseBody();
        out.write(file, 0, halfLength());
        out.flush();
        half.countDown();
        int at = halfLength();
        while (!isLetGo()) {
            if (!silent && at < file.length - 1) {
                out.write(file, at++, 1);
                out.flush();
            }
        }
        out.write(file, at, file.length - at);
    }

    private boolean isLetGo() {
        try {
            return goOn.await(50, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
