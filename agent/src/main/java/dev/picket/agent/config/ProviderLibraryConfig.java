package dev.picket.agent.config;

import java.nio.file.Path;

/**
 * A plug-in library with execution providers of ONNX Runtime.
 *
 * @param name that it is registered under
 * @param path of the library
 */
public record ProviderLibraryConfig(String name, Path path) {}
