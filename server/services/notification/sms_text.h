#pragma once

#include <QString>

#include <optional>

// What fits on the telephone: numbers and texts of short messages, before a vendor is asked.

// What a text is written in on the air (3GPP TS 23.038), which decides how much of it fits into one segment.
enum class SmsAlphabet { gsm7, ucs2 };

struct SmsLength
{
    SmsAlphabet alphabet = SmsAlphabet::gsm7;
    int units = 0; // septets, or code units of UTF-16
    int segments = 0; // which is what vendors charge for
};

// "+12125550100" (E.164) of whatever way people write numbers; without a + it is one of the United States.
// Nothing, if no telephone can have it: what is guessed rings at a stranger's.
[[nodiscard]] std::optional<QString> toE164(const QString &number);

// Whose number it is, without saying it: for logs.
[[nodiscard]] QString maskedNumber(const QString &number);

[[nodiscard]] SmsLength measureSms(const QString &text);

// The text as a telephone may show it: without control characters and marks that turn the direction of
// reading, quotation marks and dashes in their plain forms. Where accents alone would make a text of several
// segments out of one they go ("José Gómez" stays legible as "José Gomez"); other scripts stay as they are.
// Cut where vendors stop to take it.
[[nodiscard]] QString asSmsText(const QString &text);
