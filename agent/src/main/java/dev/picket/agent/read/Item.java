package dev.picket.agent.read;

import dev.picket.sensors.Reading;

/**
 * A reading on its way.
 *
 * @param crashed whether it is to fail without being judged
 */
record Item(Intake intake, Reading reading, LowWater.Ticket ticket, boolean crashed) {}
