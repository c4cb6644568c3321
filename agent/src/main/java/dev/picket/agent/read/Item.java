package dev.picket.agent.read;

import dev.picket.sensors.Reading;

/**
 * A reading on its way.
 *
 * @param crashed whether it is to fail without being judged
 * @param dropped why it is to be dropped without being judged; empty when it is not
 * @param oneOf how many readings of its source it stands for, where they are sampled
 */
record Item(Intake intake, Reading reading, LowWater.Ticket ticket, boolean crashed, String dropped, long oneOf) {
    Item dropped(String why) {
        return new Item(intake, reading, ticket, crashed, why, oneOf);
    }
}
