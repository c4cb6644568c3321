package dev.picket.agent.commands;

/**
 * One command, checked as far as the wire goes.
 *
 * @param payload as it came; empty where none did
 */
public record Request(String verb, byte[] payload) {}
