package dev.picket.demo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.picket.demo", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule ONE_CLASS_KNOWS_THE_BROKER = noClasses()
            .that()
            .doNotHaveSimpleName("DemoBroker")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.hivemq..");

    @ArchTest
    static final ArchRule THE_FLEET_IS_A_CLIENT_OF_ITS_OWN = noClasses()
            .that()
            .haveSimpleName("Subscriber")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.picket.agent..");
}
