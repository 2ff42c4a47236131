#pragma once

#include <tl/expected.hpp>

#include <QString>

namespace detail {
// Trims, refuses control characters other than new line and tab, and checks the length in UTF-16 units.
[[nodiscard]] tl::expected<QString, QString> boundedText(const QString &text, qsizetype min, qsizetype max);
} // namespace detail

// A text of Min to Max UTF-16 units after trimming. A default-made one is empty, a place to decode into; any
// other one came through parse() and is valid. The same limits give the clients' line edits their maximum
// length.
template <int Min, int Max>
class Text
{
public:
    static constexpr int minLength = Min;
    static constexpr int maxLength = Max;

    Text() = default;

    [[nodiscard]] static tl::expected<Text, QString> parse(const QString &text)
    {
        return detail::boundedText(text, Min, Max).map([](const QString &valid) { return Text(valid); });
    }

    [[nodiscard]] const QString &toString() const { return m_text; }
    friend bool operator==(const Text &, const Text &) = default;

private:
    explicit Text(QString text)
        : m_text(std::move(text))
    {
    }

    QString m_text;
};

// An e-mail address as people type it: one @, a dotted domain, at most 254 characters; folded to lower case,
// since nobody has two accounts that differ by case only.
class Email
{
public:
    static constexpr int maxLength = 254;
    [[nodiscard]] static tl::expected<Email, QString> parse(const QString &text);
    [[nodiscard]] const QString &toString() const { return m_text; }
    friend bool operator==(const Email &, const Email &) = default;

private:
    QString m_text;
};

// A US telephone number or an international one with +; kept as + and 8 to 15 digits (E.164).
class Phone
{
public:
    static constexpr int maxLength = 24;
    [[nodiscard]] static tl::expected<Phone, QString> parse(const QString &text);
    [[nodiscard]] const QString &toString() const { return m_text; }
    friend bool operator==(const Phone &, const Phone &) = default;

private:
    QString m_text;
};

// A five-digit US ZIP code; ZIP+4 is accepted and cut.
class ZipCode
{
public:
    static constexpr int maxLength = 10;
    [[nodiscard]] static tl::expected<ZipCode, QString> parse(const QString &text);
    [[nodiscard]] const QString &toString() const { return m_text; }
    [[nodiscard]] QString prefix() const { return m_text.left(3); }
    friend bool operator==(const ZipCode &, const ZipCode &) = default;

private:
    QString m_text;
};
