package org.hdrfix.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import org.hdrfix.diagnosis.Rule;
import org.junit.jupiter.api.Test;

class ReadmeRulesTest {
    @Test
    void theReadmeHasTheTableOfTheRulesAsTheyAre() throws IOException {
        String readme = Files.readString(ReadmeRules.README);
        assertEquals(ReadmeRules.updated(readme), readme);
        Rule.all().forEach(rule -> assertTrue(readme.contains("| `" + rule.tag() + "` |"), rule.tag()));
    }

    @Test
    void anOldTableIsReplacedAndTheRestStays() throws IOException {
        String readme = Files.readString(ReadmeRules.README);
        String old = readme.replace("| `foreign-host-program` |", "| `foreign-program` |");
        assertEquals(readme, ReadmeRules.updated(old));
        assertThrows(IllegalStateException.class, () -> ReadmeRules.updated("no marks"));
    }
}
