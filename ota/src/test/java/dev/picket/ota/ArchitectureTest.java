package dev.picket.ota;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.FileOutputStream;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.nio.file.Files;

@AnalyzeClasses(packages = "dev.picket.ota", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.picket.ota.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_RULES_OF_TRUST_DO_NO_INPUT_OR_OUTPUT = noClasses()
            .that()
            .haveSimpleName("TrustedMetadata")
            .or()
            .haveSimpleName("MetadataReader")
            .or()
            .haveSimpleName("Signatures")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.nio.file..", "java.net..", "dev.picket.ota.fetch..");

    @ArchTest
    static final ArchRule THE_CLIENT_KNOWS_NOTHING_OF_THE_PUBLISHER = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.picket.ota.tuf..",
                    "dev.picket.ota.store..",
                    "dev.picket.ota.update..",
                    "dev.picket.ota.fetch..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.picket.ota.repository..");

    @ArchTest
    static final ArchRule ONE_CLASS_WRITES_FILES = noClasses()
            .that()
            .doNotHaveSimpleName("AtomicFiles")
            .should()
            .callMethodWhere(target(nameMatching("write|writeString|newOutputStream|newBufferedWriter|move"))
                    .and(target(owner(type(Files.class)))))
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(FileOutputStream.class, FileWriter.class, RandomAccessFile.class);
}
