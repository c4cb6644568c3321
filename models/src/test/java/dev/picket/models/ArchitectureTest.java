package dev.picket.models;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.picket.models", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule THE_PROTOBUF_WRITER_KNOWS_NO_MODEL = noClasses()
            .that()
            .resideInAPackage("..onnx..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.picket.models.llama..",
                    "dev.picket.models.task..",
                    "dev.picket.inference..",
                    "dev.picket.ota..");

    @ArchTest
    static final ArchRule BASES_AND_TASKS_ARE_MADE_APART = noClasses()
            .that()
            .resideInAPackage("..llama..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.picket.models.task..");

    @ArchTest
    static final ArchRule NOTHING_BELOW_THE_COMMANDS_KNOWS_THEM = noClasses()
            .that()
            .resideInAnyPackage("..onnx..", "..llama..", "..task..", "..evaluation..", "..head..", "..wrap..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.picket.models");

    @ArchTest
    static final ArchRule ONLY_ATOMIC_FILES_WRITES = noClasses()
            .should()
            .callMethod(
                    java.nio.file.Files.class,
                    "write",
                    java.nio.file.Path.class,
                    byte[].class,
                    java.nio.file.OpenOption[].class)
            .orShould()
            .callMethod(
                    java.nio.file.Files.class,
                    "newOutputStream",
                    java.nio.file.Path.class,
                    java.nio.file.OpenOption[].class)
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.io.FileOutputStream");
}
