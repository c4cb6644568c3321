package dev.picket.agent.kill;

import static dev.picket.agent.kill.Point.after;
import static dev.picket.agent.kill.Point.entry;
import static dev.picket.agent.kill.Point.exit;

import java.util.List;
import java.util.stream.Stream;

/** The kill table: the steps of reading, sending, connecting, commands, start and stop, each a moment to die at. */
final class Table {
    private static final Point COMMITTED =
            after("read: committed, before anybody knows", "journal.Journal.append", "write");
    private static final Point STARTED = exit("command: STARTED saved, before it runs", "state.CommandRows.started");
    private static final Point DONE = exit("command: DONE saved, before the reply", "state.CommandRows.done");
    static final Point PUBLISHED = after("send: published, before the ack", "uplink.PahoConnection.publish", "publish");

    private Table() {}

    static List<Row> rows() {
        return Stream.of(start(), read(), send(), gap(), connect(), command(), job(), stop())
                .flatMap(List::stream)
                .toList();
    }

    /** Points at which the agent stands still while the broker fails. */
    static List<Point> whereTheBrokerFails() {
        return List.of(
                COMMITTED,
                PUBLISHED.pass(4),
                entry("send: acked, before it waits for its mark", "uplink.Drain$Sent.acknowledged")
                        .pass(6),
                exit("send: waits for its mark", "uplink.Drain$Sent.acknowledged")
                        .pass(3),
                after("send: marked, before the places are free", "uplink.SentMarks.mark", "markSent"),
                after("connect: connected, before the birth", "uplink.ConnectionLoop.serve", "open"),
                after("connect: the birth is acked, before subscribing", "uplink.ConnectionLoop.serve", "await"),
                entry("connect: subscribed, before anybody may send", "uplink.CurrentConnection.set"),
                STARTED,
                DONE,
                after("command: reply published, before its ack", "commands.Replies.send", "publish"),
                entry("command: reply acked, before the command's ack", "commands.Replies$Sent.acknowledged"));
    }

    /** Points at which the agent dies after the broker has failed: on the way to its next connection, and on it. */
    static List<Point> whereTheAgentDiesAfterwards() {
        return List.of(
                COMMITTED,
                exit("connect: the session is saved, before it is used", "state.State.nextSession"),
                after("connect: the birth is acked, before subscribing", "uplink.ConnectionLoop.serve", "await"),
                PUBLISHED.pass(2),
                entry("send: a batch is acked, before it is marked", "uplink.SentMarks.mark"));
    }

    /** Points at which more or less lies between agent and broker. */
    static List<Point> whatDependsOnTheWindow() {
        return List.of(
                PUBLISHED.pass(30),
                exit("send: waits for its mark", "uplink.Drain$Sent.acknowledged")
                        .pass(12),
                after("command: reply published, before its ack", "commands.Replies.send", "publish"),
                after("send: marked, before the places are free", "uplink.SentMarks.mark", "markSent"));
    }

    private static List<Row> start() {
        return List.of(
                Row.of(entry("start: nothing is there yet", "sqlite.Database.open")),
                Row.of(entry("start: the file is there, its tables are not", "sqlite.Database.migrate")),
                Row.of(exit("start: the journal's tables are there", "sqlite.Database.migrate")),
                Row.of(exit("start: the epoch is made, not committed", "journal.JournalFile.epochOf")),
                Row.of(exit("start: the journal is open, the state is not", "journal.Journal.open")),
                Row.of(exit("start: both files are open", "state.State.open")));
    }

    private static List<Row> read() {
        return List.of(
                Row.of(entry("read: a line is read, before it is taken in", "read.Intake.accept")),
                Row.of(after("read: its place is taken, before the queue", "read.Intake.item", "take")
                        .pass(5)),
                Row.of(after("read: queued", "read.Intake.accept", "judge").pass(3)),
                Row.of(entry("read: about to be judged", "read.Judging.judge").pass(4)),
                Row.of(exit("read: judged, before it is handed over", "read.Judging.judge")
                        .pass(2)),
                Row.of(exit("read: handed over, before a group is made", "read.Commits.take")),
                Row.of(exit("read: a group is made", "read.Commits.group").pass(2)),
                Row.of(exit("read: the mark is settled, before the transaction", "read.LowWater.settle")),
                Row.of(entry("read: the transaction is open, nothing in it", "journal.Journal.insert")
                        .pass(2)),
                Row.of(after("read: positions are in, rows are not", "journal.Append.write", "positions")
                        .pass(3)),
                Row.of(exit("read: all is in, before the commit", "journal.Journal.insert")
                        .pass(2)),
                Row.of(COMMITTED),
                Row.of(entry("read: committed, before the mark passes", "read.LowWater.pass")),
                Row.of(exit("read: the mark has passed", "read.LowWater.pass").pass(2)),
                Row.of(COMMITTED, entry("read again: about to save the attempt", "read.Attempts.isLast")),
                Row.of(COMMITTED, exit("read again: attempt saved, before judging alone", "read.Attempts.isLast")),
                Row.of(COMMITTED, after("read again: judged alone, committed", "read.Intake.accept", "awaitPassed")),
                Row.of(
                        COMMITTED,
                        exit("read again: a whole group is there already", "read.Commits.commit")
                                .pass(3)));
    }

    private static List<Row> send() {
        return List.of(
                Row.of(after("send: a page is read", "uplink.Lanes.rows", "pending")
                        .pass(2)),
                Row.of(exit("send: encoded, before it has a place", "uplink.EventEncoder.encode")
                        .pass(3)),
                Row.of(exit("send: its place is reserved", "uplink.SentMarks.reserve")
                        .pass(4)),
                Row.of(entry("send: before it is published", "uplink.PahoConnection.publish")
                        .pass(6)),
                Row.of(PUBLISHED.pass(7)),
                Row.of(entry("send: acked, before it waits for its mark", "uplink.Drain$Sent.acknowledged")
                        .pass(9)),
                Row.of(exit("send: waits for its mark", "uplink.Drain$Sent.acknowledged")
                        .pass(11)),
                Row.of(entry("send: a batch is acked, before it is marked", "uplink.SentMarks.mark")),
                Row.of(entry("send: in the transaction that marks", "journal.Sending.markSent")),
                Row.of(exit("send: marked, before the commit", "journal.Sending.markSent")
                        .pass(2)),
                Row.of(after("send: marked, before the places are free", "uplink.SentMarks.mark", "markSent")),
                Row.of(PUBLISHED.pass(3), PUBLISHED.pass(3)));
    }

    private static List<Row> gap() {
        return List.of(
                Row.of(entry("gap: a row is too large, before it is dropped", "uplink.Drain.dropTooLarge")),
                Row.of(exit("gap: the row is dropped, before the commit", "journal.Sending.drop")),
                Row.of(after("gap: dropped, before the rows behind it", "uplink.Drain.dropTooLarge", "drop")),
                Row.of(entry("gap: about to be told", "uplink.GapTeller.hand")),
                Row.of(after("gap: published, before its ack", "uplink.GapTeller.hand", "publish")),
                Row.of(entry("gap: acked", "uplink.GapTeller$Told.acknowledged")),
                Row.of(entry("gap: acked, about to be marked as told", "journal.Journal.markTold")
                        .pass(2)),
                Row.of(exit("gap: marked as told, before the commit", "journal.Sending.told")),
                Row.of(exit("gap: told", "journal.Journal.markTold").pass(2)),
                Row.of(
                        after("gap: published, before its ack", "uplink.GapTeller.hand", "publish"),
                        after("gap: published again, before its ack", "uplink.GapTeller.hand", "publish")));
    }

    private static List<Row> connect() {
        return List.of(
                Row.of(exit("connect: the session is saved, before it is used", "state.State.nextSession")),
                Row.of(after("connect: connected, before the birth", "uplink.ConnectionLoop.serve", "open")),
                Row.of(after(
                        "connect: the birth is acked, before subscribing", "uplink.ConnectionLoop.serve", "await")),
                Row.of(exit("connect: subscribed to its own status alone", "uplink.PahoConnection.subscribe")),
                Row.of(entry("connect: subscribed, before anybody may send", "uplink.CurrentConnection.set")),
                Row.of(entry("connect: the report is acked", "uplink.Reporter.said")),
                Row.of(entry("connect: its own status has come", "uplink.Presence.denies")));
    }

    private static List<Row> command() {
        return List.of(
                Row.of(entry("command: has come", "commands.CommandInbox.accept")
                        .pass(2)),
                Row.of(entry("command: taken from the inbox", "commands.CommandInbox.take")
                        .pass(2)),
                Row.of(exit("command: RECEIVED saved, before STARTED", "state.CommandRows.receive")
                        .pass(2)),
                Row.of(STARTED.pass(2)),
                Row.of(exit("command: has run, before DONE", "commands.Answering.answer")
                        .pass(2)),
                Row.of(DONE.pass(2)),
                Row.of(after("command: reply published, before its ack", "commands.Replies.send", "publish")),
                Row.of(entry("command: reply acked, before the command's ack", "commands.Replies$Sent.acknowledged")),
                Row.of(exit("command: acked", "uplink.PahoConnection.acknowledge")
                        .pass(3)),
                Row.of(exit("command: reply told to be there", "state.CommandRows.told")
                        .pass(2)),
                Row.of(exit("command: those that expired are forgotten", "state.CommandRows.expire")),
                Row.of(STARTED.pass(2), after("command: found STARTED", "commands.CommandSteps.resume", "begunByVerb")),
                Row.of(STARTED.pass(2), exit("command: interrupted saved", "commands.CommandSteps.finish")),
                Row.of(STARTED.pass(1), exit("command: has run again, before DONE", "commands.Answering.answer")),
                Row.of(DONE.pass(1), exit("command: found DONE, before the same reply", "state.CommandRows.answered")));
    }

    private static List<Row> job() {
        Point begun = exit("job: STARTED saved, before it works", "state.JobRows.started");
        Point done = exit("job: DONE saved, its reply is owed", "state.JobRows.done");
        return List.of(
                Row.of(exit("command: verified, before RECEIVED", "commands.Verification.verify")
                        .pass(2)),
                Row.of(entry("job: about to be saved with its 202", "state.JobRows.add")),
                Row.of(exit("job: saved with its 202, before it is queued", "state.JobRows.add")),
                Row.of(begun),
                Row.of(entry("job: has worked, before DONE", "commands.Jobs.saved")
                        .pass(2)),
                Row.of(done),
                Row.of(entry("job: its reply is about to be sent", "commands.Replies.sendOwed")
                        .pass(2)),
                Row.of(after("job: its reply is on its way", "commands.Replies.sendOwed", "send")),
                Row.of(
                        begun,
                        after("job: found, what was begun and what was not", "commands.Jobs.resume", "unfinished")),
                Row.of(begun, exit("job: taken up, before it works again", "commands.Jobs.resume")),
                Row.of(done, after("job: its reply is sent after the start", "commands.Replies.sendOwed", "send")));
    }

    private static List<Row> stop() {
        return List.of(
                Row.of(entry("stop: told to", "read.Pipeline.close")),
                Row.of(exit("stop: nothing is read any more", "read.Pipeline.close")),
                Row.of(exit("stop: before the farewell", "uplink.Presence.farewell")),
                Row.of(entry("stop: the farewell is acked, before the end", "uplink.PahoConnection.end")),
                Row.of(entry("stop: before the journal is closed", "sqlite.Database.close")),
                Row.of(exit("stop: the journal is closed, the state is not", "sqlite.Database.close")));
    }
}
