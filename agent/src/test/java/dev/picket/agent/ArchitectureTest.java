package dev.picket.agent;

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

@AnalyzeClasses(packages = "dev.picket.agent", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] FLOWS = {
        "..agent.journal..",
        "..agent.judge..",
        "..agent.read..",
        "..agent.rollout..",
        "..agent.sqlite..",
        "..agent.state..",
        "..agent.uplink..",
        "..agent.commands..",
        "..agent.console..",
        "..agent.update.."
    };

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.picket.agent.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_FLOWS_HAVE_NO_FRAMEWORK_IN_THEM = noClasses()
            .that()
            .resideInAnyPackage(FLOWS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micronaut..", "jakarta..", "reactor..", "picocli..");

    @ArchTest
    static final ArchRule THE_FLOWS_KNOW_NEITHER_PAGE_NOR_COMMAND_LINE = noClasses()
            .that()
            .resideInAnyPackage(FLOWS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..agent.http..", "..agent.cli..", "..agent.status..");

    @ArchTest
    static final ArchRule THE_COMMAND_LINE_ALONE_READS_WORDS = noClasses()
            .that()
            .resideOutsideOfPackage("..agent.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("picocli..", "..agent.cli..");

    @ArchTest
    static final ArchRule MQTT_STAYS_BEHIND_THE_LINK = noClasses()
            .that()
            .resideOutsideOfPackages("..agent.uplink..", "..agent.bench..", "..agent.console..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.eclipse.paho..");

    @ArchTest
    static final ArchRule SQL_STAYS_WITH_THE_FILES = noClasses()
            .that()
            .resideOutsideOfPackages("..agent.sqlite..", "..agent.journal..", "..agent.state..", "..agent.bench..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "org.sqlite..")
            .because("a statement elsewhere would be a second truth");

    @ArchTest
    static final ArchRule ONE_CLASS_WRITES_FILES = noClasses()
            .should()
            .callMethodWhere(target(nameMatching("write|writeString|newOutputStream|newBufferedWriter|copy|move"))
                    .and(target(owner(type(Files.class)))))
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(FileOutputStream.class, FileWriter.class, RandomAccessFile.class)
            .because("AtomicFiles writes them");
}
