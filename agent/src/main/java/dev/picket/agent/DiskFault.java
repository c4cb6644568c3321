package dev.picket.agent;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What a disk's fault means, in words: many exceptions of the platform say no more than a path. */
public final class DiskFault {
    private DiskFault() {}

    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> missing.getFile() + " is not there";
            case AccessDeniedException denied -> "this user may not use " + denied.getFile();
            case FileAlreadyExistsException file -> file.getFile() + " is no folder";
            case NotDirectoryException file -> file.getFile() + " is no folder";
            default -> String.valueOf(e.getMessage());
        };
    }
}
