package dev.picket.agent.commands;

/**
 * One command, checked as far as the wire goes.
 *
 * @param payload as it came; empty where none did
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
public record Request(String verb, byte[] payload) {}
