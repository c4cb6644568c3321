package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.picket.agent.state.Job;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import dev.picket.agent.uplink.ReportParts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commands that go on after their first reply: in the order in which they came, one at a time a verb.
 *
 * <pre>
 *   QUEUED saved, with the reply 202 -> what others do is ordered -> STARTED saved -> work -> DONE saved with the second reply, which is owed from then
 *
 *   found after a restart: QUEUED is asked again; STARTED is asked again where that is harmless, else it ends with what
 *   its handler says of an interruption; DONE stays
 * </pre>
 */
public final class Jobs implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);

    /**
     * @param places the most jobs that wait or run
     * @param shown how many that have ended stay in the report
     * @param saveProgress how often at most progress is saved
     * @param linger how long the end of a job is kept at least, however soon its command expires
     * @param retry how long to wait before an end that could not be saved is saved again
     */
    public record Pace(int places, int shown, Duration saveProgress, Duration linger, Duration retry) {}

    private final State state;
    private final InstantSource clock;
    private final CommandCounts counts;
    private final Pace pace;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Task> waiting = new ArrayDeque<>();
    private final List<Task> running = new ArrayList<>();
    private final Deque<ReportParts.Job> ended = new ArrayDeque<>();
    private final Set<String> busy = new HashSet<>();
    /** What was queued by this start, while {@link #resume} has not worked. */
    private final Set<String> taken = new HashSet<>();

    private boolean resumed;
    private boolean stopping;

    /** One job of this start. */
    private static final class Task {
        private final Job job;
        private final CommandHandler handler;
        private final Work work;
        private volatile String progress;
        private Instant savedAt;

        Task(Job job, CommandHandler handler, Work work) {
            this.job = job;
            this.handler = handler;
            this.work = work;
            this.progress = job.progress();
            this.savedAt = job.at();
        }

        ReportParts.Job told() {
            return new ReportParts.Job(job.id(), job.verb(), "running", progress);
        }
    }

    public Jobs(State state, InstantSource clock, CommandCounts counts, Pace pace) {
        this.state = state;
        this.clock = clock;
        this.counts = counts;
        this.pace = pace;
    }

    /**
     * Saves a job with the first reply of its command, and queues it.
     *
     * @param begun whether the work goes on already
     * @return the first reply, which is saved: 202, or 503 when there is no place
     */
    Reply add(CommandHandler handler, Envelope.Fit command, Answer.Later later, boolean begun)
            throws StateUnavailableException {
        if (!begun && size() >= pace.places()) {
            Reply full = Reply.error(503, "%d jobs wait or run already; ask again later.".formatted(pace.places()));
            state.commands().done(command.key(), full.status(), full.payload());
            return full;
        }
        String id = UUID.randomUUID().toString();
        Reply first = Reply.of(
                202, JsonNodeFactory.instance.objectNode().put("job", id).put("progress", later.progress()));
        Job job = new Job(
                id,
                clock.instant(),
                command.key(),
                command.verb(),
                begun ? Job.Step.STARTED : Job.Step.QUEUED,
                later.progress(),
                command.payload(),
                command.expiresAt(),
                0);
        state.jobs().add(job, first.status(), first.payload());
        later.work().begin();
        queue(new Task(job, handler, later.work()));
        return first;
    }

    /** Takes up what a stop or a crash left behind; called again until it works, on the thread that adds. */
    void resume(Commands commands) throws StateUnavailableException {
        for (Job job : state.jobs().latest(pace.shown())) {
            if (job.step() == Job.Step.DONE) {
                endedBefore(shown(job.id(), job.verb(), job.status(), job.progress()));
            }
        }
        for (Job job : state.jobs().unfinished()) {
            if (isTaken(job)) {
                continue;
            }
            CommandHandler handler = commands.handler(job.verb()).orElse(null);
            if (handler == null) {
                finish(job, job.progress(), Reply.error(404, "This agent has no verb '" + job.verb() + "' any more."));
            } else if (job.step() == Job.Step.QUEUED || handler.idempotent()) {
                queue(new Task(job, handler, progress -> again(commands, job, progress)));
            } else {
                finish(job, "It was interrupted.", handler.afterInterruption());
            }
        }
        allTaken();
    }

    private boolean isTaken(Job job) {
        lock.lock();
        try {
            return taken.contains(job.id());
        } finally {
            lock.unlock();
        }
    }

    private void allTaken() {
        lock.lock();
        try {
            resumed = true;
            taken.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Newest first. */
    public List<ReportParts.Job> list() {
        lock.lock();
        try {
            List<ReportParts.Job> all = new ArrayList<>();
            waiting.descendingIterator().forEachRemaining(task -> all.add(task.told()));
            running.reversed().forEach(task -> all.add(task.told()));
            all.addAll(ended);
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** One of the threads that work: several may run this. */
    @Override
    public void run() {
        try {
            for (Task task = next(); task != null; task = next()) {
                try {
                    work(task);
                } finally {
                    release(task);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("A thread of the jobs was interrupted and ends");
        }
    }

    public void stop() {
        lock.lock();
        try {
            stopping = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void work(Task task) throws InterruptedException {
        Job job = task.job;
        Reply reply;
        try {
            state.jobs().started(job.id());
            reply = task.work.run(sentence -> progressed(task, sentence));
        } catch (StateUnavailableException e) {
            LOG.error("A job was not begun: {}", e.getMessage());
            reply = Reply.error(503, "The gateway could not save that it begins; look at its report, and ask again.");
        } catch (RuntimeException e) {
            reply = Answering.failed(task.handler, e);
        }
        while (!saved(job, task.progress, reply)) {
            pause();
        }
    }

    private boolean saved(Job job, String progress, Reply reply) {
        try {
            finish(job, progress, reply);
            return true;
        } catch (StateUnavailableException e) {
            LOG.error("The end of a job could not be saved, trying again: {}", e.getMessage());
            return false;
        }
    }

    private void finish(Job job, String progress, Reply reply) throws StateUnavailableException {
        Instant kept = clock.instant().plus(pace.linger());
        state.jobs().done(job.id(), progress, reply.status(), reply.payload(), kept);
        counts.answered(job.verb(), reply.status());
        end(shown(job.id(), job.verb(), reply.status(), progress));
    }

    /** Asks the handler anew, with the request that was saved. */
    private static Reply again(Commands commands, Job job, Consumer<String> progress) throws InterruptedException {
        CommandHandler handler = commands.handler(job.verb()).orElseThrow();
        try {
            Request request = handler.signed()
                    ? Verification.saved(job.verb(), job.payload())
                    : Params.request(job.verb(), job.payload());
            return switch (handler.answer(request)) {
                case Answer.Now(Reply reply) -> reply;
                case Answer.Later(String _, Work work, boolean _) -> {
                    work.begin();
                    yield work.run(progress);
                }
            };
        } catch (RefusedException e) {
            return e.refusal().reply();
        }
    }

    private void progressed(Task task, String sentence) {
        task.progress = sentence;
        Instant now = clock.instant();
        if (Duration.between(task.savedAt, now).compareTo(pace.saveProgress()) < 0) {
            return;
        }
        task.savedAt = now;
        try {
            state.jobs().progress(task.job.id(), sentence);
        } catch (StateUnavailableException e) {
            LOG.warn("How far a job is was not saved: {}", e.getMessage());
        }
    }

    private void queue(Task task) {
        lock.lock();
        try {
            waiting.add(task);
            if (!resumed) {
                taken.add(task.job.id());
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private int size() {
        lock.lock();
        try {
            return waiting.size() + running.size();
        } finally {
            lock.unlock();
        }
    }

    /** The first whose verb is free; null when the jobs are to stop. */
    private @Nullable Task next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!stopping) {
                for (Task task : waiting) {
                    if (busy.add(task.job.verb())) {
                        waiting.remove(task);
                        running.add(task);
                        return task;
                    }
                }
                changed.await();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void release(Task task) {
        lock.lock();
        try {
            running.remove(task);
            busy.remove(task.job.verb());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void pause() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = pace.retry().toNanos();
            while (left > 0 && !stopping) {
                left = changed.awaitNanos(left);
            }
            if (stopping) {
                throw new InterruptedException("The agent stops before the end of a job is saved");
            }
        } finally {
            lock.unlock();
        }
    }

    private void end(ReportParts.Job job) {
        lock.lock();
        try {
            ended.addFirst(job);
            while (ended.size() > pace.shown()) {
                ended.removeLast();
            }
        } finally {
            lock.unlock();
        }
    }

    /** One from before this start, or told already by a {@link #resume} that did not get further. */
    private void endedBefore(ReportParts.Job job) {
        lock.lock();
        try {
            if (ended.size() < pace.shown()
                    && ended.stream().noneMatch(each -> each.id().equals(job.id()))) {
                ended.addLast(job);
            }
        } finally {
            lock.unlock();
        }
    }

    private static ReportParts.Job shown(String id, String verb, int status, String progress) {
        return new ReportParts.Job(id, verb, status < 400 ? "done" : "failed", progress);
    }
}
