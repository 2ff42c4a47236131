#include "server/services/notification/sms_text.h"

#include <QHash>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace {

// 3GPP TS 23.038, 6.2.1: the default alphabet, without the escape; and what takes two septets.
constexpr QStringView oneSeptet = u"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
                                  u"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr QStringView twoSeptets = u"\f^{}\\[~]|€";

constexpr qsizetype mostCharacters = 1600; // Twilio, error 21617
constexpr int gsmAlone = 160;
constexpr int gsmOfSeveral = 153; // seven go to the header that joins them
constexpr int ucsAlone = 70;
constexpr int ucsOfSeveral = 67;

int septets(QChar c)
{
    return oneSeptet.contains(c) ? 1 : twoSeptets.contains(c) ? 2 : 0;
}

bool isGsm(const QString &text)
{
    return std::ranges::all_of(text, [](QChar c) { return septets(c) > 0; });
}

// Two septets, or two halves of a surrogate pair, are not torn apart between two segments.
int segmentsOf(const QList<int> &characters, int alone, int ofSeveral)
{
    int all = 0;
    int segments = 0;
    int room = 0;
    for (const int size : characters) {
        all += size;
        if (room < size) {
            ++segments;
            room = ofSeveral;
        }
        room -= size;
    }
    return all <= alone ? std::min(segments, 1) : segments;
}

QString plainForm(QChar c)
{
    static const QHash<QChar, QString> forms {
        { u'\u2018', u"'"_s },  { u'\u2019', u"'"_s },  { u'\u201a', u"'"_s },  { u'\u2032', u"'"_s },
        { u'\u201c', u"\""_s }, { u'\u201d', u"\""_s }, { u'\u201e', u"\""_s }, { u'\u00ab', u"\""_s },
        { u'\u00bb', u"\""_s }, { u'\u2010', u"-"_s },  { u'\u2011', u"-"_s },  { u'\u2012', u"-"_s },
        { u'\u2013', u"-"_s },  { u'\u2014', u"-"_s },  { u'\u2212', u"-"_s },  { u'\u2026', u"..."_s },
        { u'\u00a0', u" "_s },  { u'\u2007', u" "_s },  { u'\u2009', u" "_s },  { u'\u202f', u" "_s },
        { u'\u2022', u"*"_s },  { u'\u00b7', u"."_s },  { u'\u00d7', u"x"_s },  { u'\t', u" "_s },
        { u'\u2028', u"\n"_s }, { u'\u2029', u"\n"_s },
    };
    return forms.value(c, QString(c));
}

// Among the format characters are those that turn the direction, by which "gro.dab" reads as "bad.org". Only
// the one that joins emoji is of use.
bool isShown(QChar c)
{
    constexpr QChar joiner = u'\u200d';
    return c == u'\n' || c == joiner
        || (c.category() != QChar::Other_Control && c.category() != QChar::Other_Format);
}

// The letter below its accents, where it has some that the alphabet does not know.
QString withoutAccent(QChar c)
{
    if (septets(c) > 0)
        return c;
    QString base;
    for (const QChar part : QString(c).normalized(QString::NormalizationForm_KD)) {
        if (!part.isMark())
            base += part;
    }
    return base;
}

QString withoutHalves(const QString &text)
{
    QString whole;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (c.isHighSurrogate() && i + 1 < text.size() && text.at(i + 1).isLowSurrogate()) {
            whole += c;
            whole += text.at(++i);
        } else if (!c.isSurrogate()) {
            whole += c;
        }
    }
    return whole;
}

} // namespace

std::optional<QString> toE164(const QString &number)
{
    QString digits;
    const QString trimmed = number.trimmed();
    const bool isInternational = trimmed.startsWith(u'+');
    for (const QChar c : QStringView(trimmed).mid(isInternational ? 1 : 0)) {
        if (c >= u'0' && c <= u'9')
            digits += c;
        else if (!QStringView(u"-. ()/\u00a0").contains(c))
            return {};
    }
    if (!isInternational) {
        if (digits.size() == 10)
            digits.prepend(u'1');
        if (digits.size() != 11 || !digits.startsWith(u'1'))
            return {};
    }
    if (digits.startsWith(u'1')) {
        // The plan of North America: neither an area nor an exchange begins with 0 or 1.
        if (digits.size() != 11 || digits.at(1) < u'2' || digits.at(4) < u'2')
            return {};
    }
    if (digits.size() < 8 || digits.size() > 15 || digits.startsWith(u'0'))
        return {};
    return u'+' + digits;
}

QString maskedNumber(const QString &number)
{
    constexpr qsizetype shown = 4;
    return number.size() <= shown ? u"…"_s : u"…"_s + number.last(shown);
}

SmsLength measureSms(const QString &text)
{
    SmsLength length;
    QList<int> characters;
    if (isGsm(text)) {
        for (const QChar c : text)
            characters += septets(c);
        length.segments = segmentsOf(characters, gsmAlone, gsmOfSeveral);
    } else {
        length.alphabet = SmsAlphabet::ucs2;
        for (qsizetype i = 0; i < text.size(); ++i) {
            const bool isPair = text.at(i).isHighSurrogate() && i + 1 < text.size();
            characters += isPair ? 2 : 1;
            i += isPair ? 1 : 0;
        }
        length.segments = segmentsOf(characters, ucsAlone, ucsOfSeveral);
    }
    for (const int size : characters)
        length.units += size;
    return length;
}

QString asSmsText(const QString &text)
{
    QString safe;
    QString plain = text;
    plain.replace("\r\n"_L1, "\n"_L1);
    for (const QChar c : plain.normalized(QString::NormalizationForm_C)) {
        if (isShown(c) || c == u'\t')
            safe += plainForm(c);
    }
    safe = withoutHalves(safe).trimmed();
    if (safe.size() > mostCharacters)
        safe = withoutHalves(safe.left(mostCharacters));
    QString unaccented;
    for (const QChar c : std::as_const(safe))
        unaccented += withoutAccent(c);
    return isGsm(unaccented) ? unaccented : safe;
}
