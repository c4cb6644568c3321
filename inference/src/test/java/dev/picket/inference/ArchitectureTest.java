package dev.picket.inference;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;

@AnalyzeClasses(packages = "dev.picket", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule noCycles =
            slices().matching("dev.picket.inference.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theWordsOfTheModuleKnowNothingOfItsParts = noClasses()
            .that()
            .resideInAPackage("dev.picket.inference")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.picket.inference.*..");

    @ArchTest
    static final ArchRule formatsKnowNoRuntime = noClasses()
            .that()
            .resideInAnyPackage("dev.picket.inference.codec..", "dev.picket.inference.exam..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.picket.inference.engine..", "ai.onnxruntime..", "ai.djl..");

    @ArchTest
    static final ArchRule noOtherModule = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.picket.ota..", "dev.picket.sensors..", "dev.picket.agent..", "dev.picket.models..");

    @ArchTest
    static final ArchRule nothingIsWritten = noClasses()
            .should()
            .callMethodWhere(describe(
                    "writes files",
                    call -> call.getTargetOwner().isAssignableTo(Files.class)
                            && call.getName().matches("write.*|new(Output|Buffered).*|create.*|copy|move|delete.*")))
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.io\\.(File(Output|)Stream|FileWriter|RandomAccessFile|File)");

    @ArchTest
    static final ArchRule scorersAreNobodyElsesBusiness =
            classes().that().haveSimpleNameEndingWith("Scorer").should().bePackagePrivate();
}
