package dev.picket.agent.disk;

/** What an entry of a folder names. */
sealed interface TracedNode permits TracedFile, TracedFolder {}
