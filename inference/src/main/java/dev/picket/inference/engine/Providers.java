package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.TaskManifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The execution providers of this process: chooses one for each base that is loaded, says once why one was not taken, and
 * counts how often. Safe for many threads.
 */
public final class Providers {
    private static final Logger LOG = LoggerFactory.getLogger(Providers.class);

    private final ProviderSettings settings;
    private final ProviderSelection selection;
    private final Set<String> told = new HashSet<>();
    private final Map<ProviderChoice.Reason, Long> fallbacks = new EnumMap<>(ProviderChoice.Reason.class);
    private volatile @Nullable ProviderChoice latest;

    /** Loads nothing yet. */
    public Providers(ProviderSettings settings) {
        this(settings, new ProviderSelection(settings, new OrtSessions(settings), System::nanoTime));
    }

    Providers(ProviderSettings settings, ProviderSelection selection) {
        this.settings = settings;
        this.selection = selection;
    }

    /** The CPU alone. */
    public static Providers cpu() {
        return new Providers(ProviderSettings.CPU);
    }

    public ProviderSettings settings() {
        return settings;
    }

    ProviderSelection.Chosen choose(Path folder, BaseManifest manifest, int threads) throws BadArtefactException {
        ProviderSelection.Chosen chosen = selection.choose(folder, manifest, threads);
        latest = chosen.choice();
        tell(chosen.choice());
        return chosen;
    }

    private synchronized void tell(ProviderChoice choice) {
        boolean news = false;
        for (ProviderChoice.Refusal each : choice.refused()) {
            fallbacks.merge(each.reason(), 1L, Long::sum);
            news |= told.add(each.provider() + " " + each.reason());
        }
        if (news) {
            LOG.warn(
                    "Texts are classified on {}, asked for was '{}': {}",
                    choice.provider(),
                    choice.asked(),
                    choice.refusals());
        }
    }

    /** Says once that a task's probabilities were fitted elsewhere; whether it has said so now. */
    synchronized boolean checkCalibration(ProviderChoice choice, TaskManifest task) {
        TaskManifest.Calibration fitted = task.calibration();
        String here = processor();
        boolean same = fitted.provider().equals(choice.provider())
                && fitted.processor().equals(here);
        boolean news = !same && told.add("calibration of " + task.name() + " " + task.version());
        if (news) {
            LOG.warn(
                    "Task {} {} was calibrated with {} on {}, here answers {} on {}: its probabilities may be off;"
                            + " look at its exam's figures, or calibrate it here",
                    task.name(),
                    task.version(),
                    fitted.provider(),
                    fitted.processor(),
                    choice.provider(),
                    here);
        }
        return news;
    }

    /** This machine's kind of processor, as task.json names it. */
    public static String processor() {
        String arch = System.getProperty("os.arch", "");
        return switch (arch) {
            case "amd64", "x86_64" -> "x86-64";
            default -> arch;
        };
    }

    /** What the last base that was loaded got; empty before the first. */
    public Optional<ProviderChoice> latest() {
        return Optional.ofNullable(latest);
    }

    /** How often a provider was not taken, by reason; all reasons are there. */
    public synchronized Map<ProviderChoice.Reason, Long> fallbacks() {
        Map<ProviderChoice.Reason, Long> counts = new EnumMap<>(ProviderChoice.Reason.class);
        for (ProviderChoice.Reason reason : ProviderChoice.Reason.values()) {
            counts.put(reason, fallbacks.getOrDefault(reason, 0L));
        }
        return Collections.unmodifiableMap(counts);
    }

    /**
     * What would be asked, without a base.
     *
     * @param order providers in the order in which they are asked; the CPU is the last
     * @param refused those that cannot be
     */
    public record Plan(List<String> order, List<ProviderChoice.Refusal> refused) {}

    /** Loads ONNX Runtime and looks. */
    public Plan plan() {
        ProviderSelection.Plan plan = selection.plan();
        List<String> order = new ArrayList<>(
                plan.candidates().stream().map(ProviderSessions.Candidate::name).toList());
        order.add(ProviderSessions.Candidate.CPU.name());
        return new Plan(order, plan.refused());
    }

    /** A device that a provider can compute on. */
    public record Device(String provider, String kind, String vendor, Map<String, String> details) {}

    /** Devices that providers of this process name, those of plug-in libraries once {@link #plan} has loaded them. */
    public static List<Device> devices() {
        return OrtSessions.devices().stream()
                .map(each -> new Device(
                        each.getEpName(),
                        OrtSessions.kind(each).wireName(),
                        each.getDevice().getVendor(),
                        each.getDevice().getMetadata()))
                .toList();
    }

    /** Names of the providers that are compiled into the native library. */
    public static List<String> builtIn() {
        return OrtSessions.builtIn().stream().map(each -> each.getName()).toList();
    }

    /** The native library's version. */
    public static String version() {
        return ModelGraph.environment().getVersion();
    }
}
