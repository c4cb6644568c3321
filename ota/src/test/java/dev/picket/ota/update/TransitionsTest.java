package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The machine as it is drawn, and that no pair is left open. */
class TransitionsTest {
    private static final String DRAWN = """
            IDLE        OFFERED          FETCHING
            IDLE        ORDERED_BACK     ROLLED_BACK
            IDLE        refuses WITHDRAWN FETCHED LINKED EXAM_BEGUN EXAM_PASSED SHADOW_HELD SHADOW_DONE SWITCH_DONE PROBATION_PASSED FAILED STOPPED CLEANED
            FETCHING    OFFERED          FETCHING
            FETCHING    WITHDRAWN        IDLE
            FETCHING    FETCHED          VERIFIED
            FETCHING    FAILED           REJECTED
            FETCHING    STOPPED          REJECTED
            FETCHING    refuses LINKED EXAM_BEGUN EXAM_PASSED SHADOW_HELD SHADOW_DONE SWITCH_DONE PROBATION_PASSED ORDERED_BACK CLEANED
            VERIFIED    LINKED           STAGED
            VERIFIED    WITHDRAWN        IDLE
            VERIFIED    FAILED           REJECTED
            VERIFIED    STOPPED          REJECTED
            VERIFIED    refuses OFFERED FETCHED EXAM_BEGUN EXAM_PASSED SHADOW_HELD SHADOW_DONE SWITCH_DONE PROBATION_PASSED ORDERED_BACK CLEANED
            STAGED      EXAM_BEGUN       EXAM
            STAGED      WITHDRAWN        IDLE
            STAGED      FAILED           REJECTED
            STAGED      STOPPED          REJECTED
            STAGED      refuses OFFERED FETCHED LINKED EXAM_PASSED SHADOW_HELD SHADOW_DONE SWITCH_DONE PROBATION_PASSED ORDERED_BACK CLEANED
            EXAM        EXAM_PASSED      SHADOW
            EXAM        WITHDRAWN        IDLE
            EXAM        FAILED           REJECTED
            EXAM        STOPPED          REJECTED
            EXAM        refuses OFFERED FETCHED LINKED EXAM_BEGUN SHADOW_HELD SHADOW_DONE SWITCH_DONE PROBATION_PASSED ORDERED_BACK CLEANED
            SHADOW      SHADOW_DONE      SWITCHED
            SHADOW      SHADOW_HELD      SHADOW
            SHADOW      OFFERED          FETCHING
            SHADOW      WITHDRAWN        IDLE
            SHADOW      FAILED           REJECTED
            SHADOW      STOPPED          REJECTED
            SHADOW      refuses FETCHED LINKED EXAM_BEGUN EXAM_PASSED SWITCH_DONE PROBATION_PASSED ORDERED_BACK CLEANED
            SWITCHED    SWITCH_DONE      PROBATION
            SWITCHED    FAILED           ROLLED_BACK
            SWITCHED    ORDERED_BACK     ROLLED_BACK
            SWITCHED    refuses OFFERED WITHDRAWN FETCHED LINKED EXAM_BEGUN EXAM_PASSED SHADOW_HELD SHADOW_DONE PROBATION_PASSED STOPPED CLEANED
            PROBATION   PROBATION_PASSED COMMITTED
            PROBATION   FAILED           ROLLED_BACK
            PROBATION   ORDERED_BACK     ROLLED_BACK
            PROBATION   refuses OFFERED WITHDRAWN FETCHED LINKED EXAM_BEGUN EXAM_PASSED SHADOW_HELD SHADOW_DONE SWITCH_DONE STOPPED CLEANED
            COMMITTED   CLEANED          IDLE
            COMMITTED   refuses OFFERED WITHDRAWN FETCHED LINKED EXAM_BEGUN EXAM_PASSED SHADOW_HELD SHADOW_DONE SWITCH_DONE PROBATION_PASSED FAILED STOPPED ORDERED_BACK
            REJECTED    CLEANED          IDLE
            REJECTED    refuses OFFERED WITHDRAWN FETCHED LINKED EXAM_BEGUN EXAM_PASSED SHADOW_HELD SHADOW_DONE SWITCH_DONE PROBATION_PASSED FAILED STOPPED ORDERED_BACK
            ROLLED_BACK CLEANED          IDLE
            ROLLED_BACK refuses OFFERED WITHDRAWN FETCHED LINKED EXAM_BEGUN EXAM_PASSED SHADOW_HELD SHADOW_DONE SWITCH_DONE PROBATION_PASSED FAILED STOPPED ORDERED_BACK
            """;

    @Test
    void theMachineIsTheOneThatIsDrawn() {
        assertThat(Transitions.printed()).isEqualTo(DRAWN);
    }

    @Test
    void everyPairIsInTheTableOnceOrRefused() {
        for (Step step : Step.values()) {
            for (Event event : Event.values()) {
                long rows = Transitions.table().stream()
                        .filter(row -> row.step() == step && row.event() == event)
                        .count();
                assertThat(rows).as("%s %s", step, event).isLessThanOrEqualTo(1);
                if (rows == 0) {
                    assertThatThrownBy(() -> Transitions.next(step, event)).hasMessage(step + " knows no " + event);
                } else {
                    assertThat(Transitions.next(step, event)).isNotNull();
                }
            }
        }
    }

    @Test
    void everyStepLeadsBackToIdleAndAFailureIsBeforeTheSwitchARefusalAndAfterItAWayBack() {
        Set<Step> beforeTheSwitch = EnumSet.range(Step.FETCHING, Step.SHADOW);
        for (Step step : Step.values()) {
            Set<Step> reached = EnumSet.of(step);
            for (int i = 0; i < Step.values().length; i++) {
                reached.addAll(Transitions.table().stream()
                        .filter(row -> reached.contains(row.step()))
                        .map(Transitions.Row::next)
                        .collect(Collectors.toSet()));
            }
            assertThat(reached).as("from %s", step).contains(Step.IDLE);
            if (Transitions.knows(step, Event.FAILED)) {
                assertThat(Transitions.next(step, Event.FAILED))
                        .isEqualTo(beforeTheSwitch.contains(step) ? Step.REJECTED : Step.ROLLED_BACK);
            }
        }
    }
}
