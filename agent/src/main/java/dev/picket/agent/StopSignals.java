package dev.picket.agent;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT, taken before the JVM begins to shut down. Once it does, all its hooks run at the same time, ONNX
 * Runtime's among them, which frees what a text that is being judged still uses: the process dies of SIGSEGV. Taken here,
 * the agent ends first, and the JVM afterwards.
 */
final class StopSignals {
    private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

    private StopSignals() {}

    /** Whether they come here from now on; else the JVM's own way of ending has them. */
    @SuppressWarnings("ReferenceEquality") // A proxy equals itself alone.
    static boolean call(Runnable stop) {
        try {
            // By name, since javac warns of sun.misc whatever it is told, and there is no other way to a signal.
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler calls = (self, method, arguments) -> switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(self);
                case "equals" -> arguments != null && self == arguments[0];
                case "toString" -> "StopSignals";
                default -> {
                    stop.run();
                    yield null;
                }
            };
            Object taker = Proxy.newProxyInstance(StopSignals.class.getClassLoader(), new Class<?>[] {handler}, calls);
            for (String name : new String[] {"TERM", "INT"}) {
                Object each = signal.getConstructor(String.class).newInstance(name);
                signal.getMethod("handle", signal, handler).invoke(null, each, taker);
            }
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.warn("Signals cannot be taken, so a stop while texts are judged may be unclean: {}", e.toString());
            return false;
        }
    }
}
