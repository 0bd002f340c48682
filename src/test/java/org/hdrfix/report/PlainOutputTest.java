package org.hdrfix.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PlainOutputTest {
    @Test
    void letsTextAndTheColoursOfHdrfixThrough() throws IOException {
        String text = "OK  ~\n\u001b[31merror\u001b[0m \u001b[1;32mok\u001b[m\u001b[91mred\u001b[39m\n";
        assertEquals(text, through(text));
    }

    @Test
    void showsWhatWouldMoveHideOrRename() throws IOException {
        assertEquals("\\x1b[2J", through("\u001b[2J"));
        assertEquals("\\x1b[8mhidden", through("\u001b[8mhidden"));
        assertEquals("\\x1b]0;title\\x07", through("\u001b]0;title\u0007"));
        assertEquals("\\x1b[31\n\\x0d\\x08\\x7f\\x9b\\xff\\x00\\x09", through("\u001b[31\n\r\b\u007f\u009b\u00ff\0\t"));
        assertEquals("\\x1b\u001b[31m", through("\u001b\u001b[31m"));
        assertEquals("\\x1b[3131313131mx", through("\u001b[3131313131mx"));
    }

    private static String through(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PlainOutput output = new PlainOutput(bytes)) {
            output.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
