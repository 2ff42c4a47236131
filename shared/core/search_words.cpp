#include "shared/core/search_words.h"

#include <algorithm>

namespace search_words {

QStringList of(const QString &text)
{
    constexpr qsizetype longest = 60;
    QStringList words;
    QString word;
    const auto end = [&] {
        if (!word.isEmpty())
            words.append(word.left(longest));
        word.clear();
    };
    for (const QChar c : text.toLower()) {
        // A half of a pair is one of a letter for all that people type.
        if (c.isLetterOrNumber() || c.isSurrogate())
            word.append(c);
        else
            end();
    }
    end();
    return words;
}

bool match(const QStringList &words, const QStringList &wanted)
{
    return std::ranges::all_of(wanted, [&](const QString &each) {
        return std::ranges::any_of(words, [&](const QString &word) { return word.startsWith(each); });
    });
}

} // namespace search_words
