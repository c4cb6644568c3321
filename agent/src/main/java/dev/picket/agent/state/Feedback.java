package dev.picket.agent.state;

import java.time.Instant;

/** What a person says that a verdict should have been. */
public record Feedback(String verdict, String label, String author, Instant at) {}
