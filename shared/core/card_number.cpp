#include "shared/core/card_number.h"

#include <algorithm>
#include <array>
#include <new>
#include <string.h>
#include <sys/mman.h>

namespace {

constexpr qsizetype minDigits = 12;
constexpr qsizetype maxDigits = 19;

// The issuer's range of the first six digits, both included, and the lengths its numbers have.
struct BrandRange
{
    const char *brand;
    int low;
    int high;
    int minLength;
    int maxLength;
};

// The first that fits counts: Diners lies inside what Discover claims, UnionPay's co-branded cards are
// Discover's.
constexpr BrandRange brandRanges[] = {
    { "visa", 400000, 499999, 13, 19 },       { "mastercard", 222100, 272099, 16, 16 },
    { "mastercard", 510000, 559999, 16, 16 }, { "amex", 340000, 349999, 15, 15 },
    { "amex", 370000, 379999, 15, 15 },       { "diners", 300000, 305999, 14, 19 },
    { "diners", 309500, 309599, 14, 19 },     { "diners", 360000, 369999, 14, 19 },
    { "diners", 380000, 399999, 14, 19 },     { "jcb", 352800, 358999, 16, 19 },
    { "discover", 601100, 601199, 16, 19 },   { "discover", 622126, 622925, 16, 19 },
    { "discover", 644000, 659999, 16, 19 },   { "unionpay", 620000, 629999, 16, 19 },
    { "unionpay", 810000, 817199, 16, 19 },
};

QString notACard()
{
    return QStringLiteral("is not the number of a card");
}

} // namespace

bool hasValidCheckDigit(QByteArrayView digits)
{
    int sum = 0;
    bool isDoubled = false;
    for (qsizetype i = digits.size() - 1; i >= 0; --i, isDoubled = !isDoubled) {
        const int digit = digits[i] - '0';
        if (digit < 0 || digit > 9)
            return false;
        const int weighed = isDoubled ? 2 * digit : digit;
        sum += weighed > 9 ? weighed - 9 : weighed;
    }
    return !digits.isEmpty() && sum % 10 == 0;
}

// One page of memory of its own: locking works by pages, and a shared one would be unlocked by the first to
// go.
class CardNumber::Page
{
public:
    explicit Page(QByteArrayView digits)
        : m_memory(::mmap(nullptr, pageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        , m_size(digits.size())
    {
        if (m_memory == MAP_FAILED)
            throw std::bad_alloc();
        // Neither may be granted, and both are only the second line: the number is gone in a moment.
        static_cast<void>(::mlock(m_memory, pageSize));
        static_cast<void>(::madvise(m_memory, pageSize, MADV_DONTDUMP));
        std::copy(digits.begin(), digits.end(), static_cast<char *>(m_memory));
    }
    ~Page()
    {
        ::explicit_bzero(m_memory, pageSize);
        ::munmap(m_memory, pageSize);
    }
    Page(const Page &) = delete;
    Page &operator=(const Page &) = delete;

    [[nodiscard]] QByteArrayView digits() const { return { static_cast<const char *>(m_memory), m_size }; }

private:
    static constexpr size_t pageSize = 4096;

    void *m_memory;
    qsizetype m_size;
};

tl::expected<CardNumber, QString> CardNumber::parse(const QString &text)
{
    std::array<char, maxDigits> digits {};
    size_t count = 0;
    bool isNumber = text.size() <= maxLength;
    for (const QChar character : text) {
        if (character == u' ' || character == u'-')
            continue;
        isNumber = isNumber && character >= u'0' && character <= u'9' && count < digits.size();
        if (!isNumber)
            break;
        digits.at(count++) = character.toLatin1();
    }
    auto number = isNumber ? parse(QByteArrayView(digits.data(), static_cast<qsizetype>(count)))
                           : tl::unexpected(notACard());
    ::explicit_bzero(digits.data(), digits.size());
    return number;
}

tl::expected<CardNumber, QString> CardNumber::parse(QByteArrayView digits)
{
    if (digits.size() < minDigits || digits.size() > maxDigits || !hasValidCheckDigit(digits))
        return tl::unexpected(notACard());
    CardNumber number;
    number.m_page = std::make_shared<const Page>(digits);
    return number;
}

QByteArrayView CardNumber::reveal() const
{
    return m_page ? m_page->digits() : QByteArrayView();
}

QString CardNumber::last4() const
{
    return QString::fromLatin1(reveal().last(std::min<qsizetype>(4, reveal().size())));
}

QString CardNumber::brand() const
{
    const QByteArrayView digits = reveal();
    if (digits.size() < minDigits)
        return {};
    int prefix = 0;
    for (const char digit : digits.first(6))
        prefix = prefix * 10 + (digit - '0');
    const auto *range = std::ranges::find_if(brandRanges, [&](const BrandRange &each) {
        return prefix >= each.low && prefix <= each.high && digits.size() >= each.minLength
            && digits.size() <= each.maxLength;
    });
    return range == std::end(brandRanges) ? QString() : QString::fromLatin1(range->brand);
}
