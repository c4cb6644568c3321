package dev.picket.agent.read;

import dev.picket.sensors.Reading;

/**
 * A reading on its way.
 *
 * @param crashed whether it is to fail without being judged
 * @param dropped why it is to be dropped without being judged; empty when it is not
 */
record Item(Intake intake, Reading reading, LowWater.Ticket ticket, boolean crashed, String dropped) {}
