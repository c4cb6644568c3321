package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import dev.picket.inference.codec.TaskManifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The parts that the classifier composes, each by itself. */
class PartsTest {
    private static Calibration calibration(double temperature, Double... bias) {
        return new Calibration(new TaskManifest.Calibration(temperature, List.of(bias), "", 0, "", ""));
    }

    @Test
    void calibratedProbabilitiesAreThoseWorkedOutByHand() {
        List<Float> p = calibration(2, 0.0, 1.0).probabilities(new float[] {2, 0});
        assertThat(p).containsExactly(0.5f, 0.5f);
        assertThat(calibration(1, 0.0, 0.0)
                        .probabilities(new float[] {0, (float) Math.log(3)})
                        .get(1))
                .isCloseTo(0.75f, within(1e-6f));
    }

    @Property
    void anyFiniteScoresGiveADistribution(@ForAll @Size(3) List<@FloatRange(min = -1e30f, max = 1e30f) Float> scores) {
        float[] values = {scores.get(0), scores.get(1), scores.get(2)};
        List<Float> p = calibration(0.001, 1000.0, 0.0, -1000.0).probabilities(values);
        assertThat(p).allMatch(v -> v >= 0 && v <= 1);
        assertThat(p.stream().mapToDouble(Float::doubleValue).sum()).isCloseTo(1, within(1e-5));
    }

    @Test
    void aLabelsOwnThresholdCountsWithoutOneOfTheTask() {
        TaskManifest.Label own = new TaskManifest.Label("spam", Priority.NOTICE, false);
        TaskManifest.Label none = new TaskManifest.Label("ham", Priority.ROUTINE, false);
        TaskManifest.Label watched = new TaskManifest.Label("spam", Priority.NOTICE, true);
        Thresholds thresholds = new Thresholds(
                new TaskManifest.DecisionRule(null, Map.of("spam", new TaskManifest.Threshold(0.9, 40, 0.1))));
        assertThat(thresholds.decide(own, 0.95f)).isEqualTo(new Decision.Accept());
        assertThat(thresholds.decide(own, 0.85f)).isEqualTo(new Decision.Escalate());
        assertThat(thresholds.decide(none, 1f)).isEqualTo(new Decision.Escalate());
        assertThat(thresholds.decide(watched, 1f)).isEqualTo(new Decision.Escalate());
    }

    @Test
    void theCacheKeepsWhatWasUsedLastAndFreesTheRestOnceUnused() throws Exception {
        List<Long> freed = new ArrayList<>();
        PrefixCache cache = new PrefixCache(100);
        KeyValues first = cache.use(key(1), () -> tenFloats(1, freed));
        cache.use(key(2), () -> tenFloats(2, freed)).lifetime().leave();
        cache.use(key(1), PartsTest::notAgain).lifetime().leave();
        KeyValues third = cache.use(key(3), () -> tenFloats(3, freed));
        assertThat(freed).containsExactly(2L);
        assertThat(cache.bytes()).isEqualTo(80);
        cache.close();
        assertThat(freed).containsExactly(2L);
        third.lifetime().leave();
        first.lifetime().leave();
        assertThat(freed).containsExactly(2L, 3L, 1L);
    }

    @Test
    void whatIsTooBigForTheCacheIsFreedAfterItsRun() throws Exception {
        List<Long> freed = new ArrayList<>();
        try (PrefixCache cache = new PrefixCache(39)) {
            KeyValues big = cache.use(key(1), () -> tenFloats(1, freed));
            assertThat(freed).isEmpty();
            big.lifetime().leave();
            assertThat(freed).containsExactly(1L);
            assertThat(cache.bytes()).isZero();
        }
    }

    @Test
    void whileOnePrefixIsComputedTextsOfAnotherGoOnAndThoseOfTheSameWaitForIt() throws Exception {
        List<Long> freed = new ArrayList<>();
        AtomicInteger computed = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (PrefixCache cache = new PrefixCache(1_000);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            PrefixCache.Computation slow = () -> {
                computed.incrementAndGet();
                begun.countDown();
                awaited(goOn);
                return tenFloats(1, freed);
            };
            Future<KeyValues> first = threads.submit(() -> cache.use(key(1), slow));
            assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
            Future<KeyValues> same = threads.submit(() -> cache.use(key(1), slow));
            threads.submit(() -> cache.use(key(2), () -> tenFloats(2, freed)))
                    .get(1, TimeUnit.MINUTES)
                    .lifetime()
                    .leave();
            goOn.countDown();
            KeyValues one = first.get(1, TimeUnit.MINUTES);
            assertThat(same.get(1, TimeUnit.MINUTES)).isSameAs(one);
            one.lifetime().leave();
            one.lifetime().leave();
        }
        assertThat(computed).hasValue(1);
        assertThat(freed).containsExactlyInAnyOrder(1L, 2L);
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PrefixCache.Key key(long id) {
        return new PrefixCache.Key("base", "", List.of(id));
    }

    private static KeyValues tenFloats(long id, List<Long> freed) throws OrtException {
        OnnxTensor tensor = OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "picket"), new float[10]);
        return new KeyValues(1, Map.of("past", tensor), () -> {
            tensor.close();
            freed.add(id);
        });
    }

    private static KeyValues notAgain() {
        throw new IllegalStateException("It is in the cache");
    }

    @Test
    void whatHasEndedLetsNobodyInAndIsFreedByTheLastToLeave() {
        AtomicInteger freed = new AtomicInteger();
        Lifetime lifetime = new Lifetime(freed::incrementAndGet);
        assertThat(lifetime.enter()).isTrue();
        lifetime.end();
        lifetime.end();
        assertThat(lifetime.enter()).isFalse();
        assertThat(freed).hasValue(0);
        lifetime.share();
        lifetime.leave();
        lifetime.leave();
        assertThat(freed).hasValue(1);
        assertThatThrownBy(lifetime::share).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void noMoreRunsGoSideBySideThanAllowed() throws Exception {
        Workers workers = new Workers(2, 8);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(200);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 200; i++) {
                threads.execute(() -> {
                    workers.run(() -> {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        Thread.onSpinWait();
                        return running.decrementAndGet();
                    });
                    done.countDown();
                });
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(most.get()).isBetween(1, 2);
    }

    @Test
    void theGraphsInputsAreReadWithTheirDimensions() throws Exception {
        Map<String, List<Long>> inputs = GraphInputs.read(new TinyGraph(300, 1).toBytes());
        assertThat(inputs).containsEntry("input_ids", List.of(1L, GraphInputs.SYMBOLIC));
        assertThat(inputs).containsEntry(TinyGraph.module(1) + ".lora_B", List.of(GraphInputs.SYMBOLIC, 32L));
        assertThat(inputs).containsEntry("past_key_values.1.value", List.of(1L, 1L, GraphInputs.SYMBOLIC, 16L));
    }

    @Property
    void aDamagedModelGivesTheTypedFaultOrAnother(@ForAll byte value, @ForAll int at, @ForAll boolean cutShort) {
        byte[] model = new TinyGraph(4, 1).toBytes();
        int place = Math.floorMod(at, model.length);
        model[place] = value;
        try {
            assertThat(GraphInputs.read(cutShort ? Arrays.copyOf(model, place) : model))
                    .isNotEmpty();
        } catch (BadArtefactException e) {
            assertThat(e).hasMessageStartingWith("model.onnx");
        }
    }
}
