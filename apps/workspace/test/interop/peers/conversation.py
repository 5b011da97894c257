# What is said in both directions: text of every width, much of it, and bytes.
MESSAGES = ["h\u00e9llo \u20ac\U0001d11e", "all the same, " * 10_000, bytes(i * 7 % 256 for i in range(70_000)), ""]
