package dev.picket.agent.config;

import dev.picket.inference.Priority;

/** The section {@code journal.priorities}: what each may hold, the shares together 100 percent. */
public record PrioritiesConfig(LineConfig escalation, LineConfig alarm, LineConfig notice, LineConfig routine) {
    public PrioritiesConfig {
        escalation = escalation.or(30, LineConfig.Rule.DROP_OLDEST);
        alarm = alarm.or(30, LineConfig.Rule.DROP_OLDEST);
        notice = notice.or(20, LineConfig.Rule.DROP_OLDEST);
        routine = routine.or(20, LineConfig.Rule.THIN);
        int sum = escalation.percent() + alarm.percent() + notice.percent() + routine.percent();
        if (sum != 100) {
            throw new IllegalArgumentException(
                    "the shares of escalation, alarm, notice and routine are %d, %d, %d and %d, together %d; make them 100"
                            .formatted(
                                    escalation.percent(), alarm.percent(), notice.percent(), routine.percent(), sum));
        }
    }

    public LineConfig of(Priority priority) {
        return switch (priority) {
            case ESCALATION -> escalation;
            case ALARM -> alarm;
            case NOTICE -> notice;
            case ROUTINE -> routine;
        };
    }
}
