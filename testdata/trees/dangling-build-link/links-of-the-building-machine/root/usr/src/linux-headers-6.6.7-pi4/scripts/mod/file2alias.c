/* file2alias */
