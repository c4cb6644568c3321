package dev.picket.agent.kill;

/** A spot at which a process is killed when it comes by for the nth time. */
record Trap(Spot spot, int pass) {}
