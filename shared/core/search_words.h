#pragma once

#include <QStringList>

// How people look for things by words: each word they type begins a word of the text, in any order, whatever
// the case. The SQL function ticket.words_of() cuts a text in the same way.
namespace search_words {

// The words of a text: runs of letters and digits, in lower case, of up to 60 characters.
[[nodiscard]] QStringList of(const QString &text);

// Whether every wanted word begins one of these.
[[nodiscard]] bool match(const QStringList &words, const QStringList &wanted);

} // namespace search_words
