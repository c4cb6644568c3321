package dev.picket.agent.cli;

import dev.picket.agent.status.Build;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"picket " + Build.version()};
    }
}
