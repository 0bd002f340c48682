package org.hdrfix.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundedLinesTest {
    @Test
    void givesLinesWithoutTheirEnds() throws IOException {
        assertEquals(List.of("one", "", "three\u00ff", "four"), lines("one\n\r\nthree\u00ff\r\nfour", 20, 99));
        assertEquals(List.of(), lines("", 20, 99));
    }

    @Test
    void leavesOutTheRestOfALongLine() throws IOException {
        assertEquals(List.of("long", "next"), lines("longer than four\nnext", 4, 99));
    }

    @Test
    void endsAtItsLimitAsAtTheEnd() throws IOException {
        assertEquals(List.of("one", "tw"), lines("one\ntwo\nthree", 20, 6));
    }

    private static List<String> lines(String text, int longest, long most) throws IOException {
        BoundedLines lines =
                new BoundedLines(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), longest, most);
        List<String> all = new ArrayList<>();
        for (String line = lines.next(); line != null; line = lines.next()) {
            all.add(line);
        }
        return all;
    }
}
