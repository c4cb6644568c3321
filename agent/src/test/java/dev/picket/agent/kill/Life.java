package dev.picket.agent.kill;

import com.sun.jdi.AbsentInformationException;
import com.sun.jdi.Bootstrap;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import dev.picket.agent.read.ReadProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One life of a process, {@link AgentProcess} or another, from its start to its end or to its death. A debugger stops it at the first trap that it
 * walks into, with all its threads, and it is killed there by SIGKILL: no code of the agent knows of it.
 */
final class Life implements AutoCloseable {
    /** What becomes of it at a spot, while all its threads stand still there. */
    @FunctionalInterface
    interface Fate {
        /** Whether it dies there; else it goes on when this returns. */
        boolean dies(Spot spot) throws Exception;
    }

    private static final long PATIENCE_SECONDS = 60;
    private static final String OPTION = "-agentlib:jdwp=transport=dt_socket,server=n,suspend=y,address=";

    private final Process process;
    private final BufferedReader out;
    private final CompletableFuture<Optional<Spot>> trapped = new CompletableFuture<>();
    /** Those of traps that lie there later. */
    private final List<BreakpointRequest> later = new ArrayList<>();

    private boolean caught;

    private Life(Process process) {
        this.process = process;
        this.out = process.inputReader();
    }

    /** A life that nobody cuts short. */
    static Life free(Path folder, List<String> arguments) throws IOException {
        return free(AgentProcess.class, folder, arguments);
    }

    static Life free(Class<?> main, Path folder, List<String> arguments) throws IOException {
        Life life = new Life(process(main, folder, List.of(), arguments));
        life.trapped.complete(Optional.empty());
        return life;
    }

    /** A life that ends in a trap, if it walks into one. */
    static Life among(List<Trap> traps, Path folder, List<String> arguments) throws Exception {
        return among(traps, _ -> true, folder, arguments);
    }

    /** The same, where not every trap is its end. */
    static Life among(List<Trap> traps, Fate fate, Path folder, List<String> arguments) throws Exception {
        return among(AgentProcess.class, traps, fate, folder, arguments);
    }

    static Life among(Class<?> main, List<Trap> traps, Fate fate, Path folder, List<String> arguments)
            throws Exception {
        ListeningConnector connector = Bootstrap.virtualMachineManager().listeningConnectors().stream()
                .filter(each -> each.name().equals("com.sun.jdi.SocketListen"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> settings = connector.defaultArguments();
        setting(settings, "port").setValue("0");
        setting(settings, "localAddress").setValue("127.0.0.1");
        setting(settings, "timeout").setValue(Long.toString(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS)));
        String address = connector.startListening(settings);
        try {
            String port = address.substring(address.lastIndexOf(':') + 1);
            Life life = new Life(process(main, folder, List.of(OPTION + "127.0.0.1:" + port), arguments));
            life.watch(connector.accept(settings), traps, fate);
            return life;
        } finally {
            stopListening(connector, settings);
        }
    }

    private static Connector.Argument setting(Map<String, Connector.Argument> settings, String name) {
        return Objects.requireNonNull(settings.get(name), name);
    }

    private static void stopListening(ListeningConnector connector, Map<String, Connector.Argument> settings)
            throws IOException, IllegalConnectorArgumentsException {
        connector.stopListening(settings);
    }

    private static Process process(Class<?> main, Path folder, List<String> options, List<String> arguments)
            throws IOException {
        return ReadProcess.jvm(main, options, arguments)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("errors").toFile()))
                .start();
    }

    private void watch(VirtualMachine machine, List<Trap> traps, Fate fate) {
        Map<String, List<Trap>> byType =
                traps.stream().collect(Collectors.groupingBy(trap -> trap.spot().type()));
        for (String type : byType.keySet()) {
            ClassPrepareRequest request = machine.eventRequestManager().createClassPrepareRequest();
            request.addClassFilter(type);
            request.enable();
        }
        Thread.ofPlatform().daemon().name("debugger").start(() -> {
            try {
                trapped.complete(Optional.ofNullable(follow(machine, byType, fate)));
            } catch (VMDisconnectedException e) {
                trapped.complete(Optional.empty());
            } catch (Throwable e) {
                trapped.completeExceptionally(e);
            }
        });
        machine.resume();
    }

    private @Nullable Spot follow(VirtualMachine machine, Map<String, List<Trap>> traps, Fate fate) throws Exception {
        while (true) {
            EventSet events = machine.eventQueue().remove();
            for (Event event : events) {
                switch (event) {
                    case ClassPrepareEvent prepared ->
                        arm(machine, prepared.referenceType(), traps.getOrDefault(nameOf(prepared), List.of()));
                    case BreakpointEvent hit -> {
                        Spot spot = (Spot) hit.request().getProperty("spot");
                        if (fate.dies(spot)) {
                            process.destroyForcibly();
                            return spot;
                        }
                        caught = true;
                        later.forEach(BreakpointRequest::enable);
                    }
                    default -> {}
                }
            }
            events.resume();
        }
    }

    private static String nameOf(ClassPrepareEvent prepared) {
        return prepared.referenceType().name();
    }

    private void arm(VirtualMachine machine, ReferenceType type, List<Trap> traps) throws AbsentInformationException {
        for (Trap trap : traps) {
            Spot spot = trap.spot();
            BreakpointRequest request = machine.eventRequestManager()
                    .createBreakpointRequest(type.methodsByName(spot.method(), spot.descriptor())
                            .getFirst()
                            .locationOfCodeIndex(spot.index()));
            request.putProperty("spot", spot);
            if (trap.pass() != Trap.EACH) {
                request.addCountFilter(trap.pass());
            }
            if (trap.late() && !caught) {
                later.add(request);
            } else {
                request.enable();
            }
        }
    }

    /** What it says next on its standard output; null once it is dead. */
    @Nullable
    String reads() {
        try {
            return out.readLine();
        } catch (IOException e) {
            return null;
        }
    }

    /** Asks it something on its standard input; null when it is dead. */
    @Nullable
    String asks(String question) {
        try {
            process.outputWriter().write(question + "\n");
            process.outputWriter().flush();
            return reads();
        } catch (IOException e) {
            return null;
        }
    }

    /** Tells it to stop in good order. */
    void ends() {
        try {
            process.outputWriter().close();
        } catch (IOException e) {
            // It is dead already, and whoever waits for it sees how.
        }
    }

    /** Waits for a trap, and no longer than this. */
    void killAfter(long millis) throws InterruptedException {
        process.waitFor(millis, TimeUnit.MILLISECONDS);
        process.destroyForcibly().waitFor();
    }

    /** Stops it in its tracks, as a debugger does not: nobody else notices. */
    void freeze() throws Exception {
        signal("STOP");
    }

    void thaw() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Where it was killed once it is dead; empty when it ended by itself or was killed from outside. */
    Optional<Spot> death() throws Exception {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("it neither ends nor dies");
        }
        return trapped.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    int exitValue() {
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
