#include "shared/ui/theme.h"

#include "shared/ui/option.h"
#include "shared/ui/system_appearance.h"

#include <QApplication>
#include <QFile>
#include <QFont>
#include <QFontDatabase>
#include <QRegularExpression>
#include <QStyleFactory>

using namespace Qt::StringLiterals;

namespace {

constexpr int bodyPixels = 14;
constexpr Option<Theme::Mode> modeOption { "appearance/mode", Theme::Mode::system };
constexpr Option<int> textOption { "appearance/textPercent", 100 };

QFont font(int percent)
{
    QFont font = QFontDatabase::families().contains("Inter"_L1)
        ? QFont(u"Inter"_s)
        : QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    font.setPixelSize(bodyPixels * percent / 100);
    return font;
}

QColor color(const Tokens &tokens, const QString &name)
{
    static const QHash<QString, QColor Tokens::*> colors {
        { u"canvas"_s, &Tokens::canvas },
        { u"surface"_s, &Tokens::surface },
        { u"sunken"_s, &Tokens::sunken },
        { u"border"_s, &Tokens::border },
        { u"outline"_s, &Tokens::outline },
        { u"text"_s, &Tokens::text },
        { u"muted"_s, &Tokens::muted },
        { u"accent"_s, &Tokens::accent },
        { u"accentHover"_s, &Tokens::accentHover },
        { u"onAccent"_s, &Tokens::onAccent },
        { u"sidebar"_s, &Tokens::sidebar },
        { u"sidebarText"_s, &Tokens::sidebarText },
        { u"sidebarActive"_s, &Tokens::sidebarActive },
        { u"onSidebarActive"_s, &Tokens::onSidebarActive },
    };
    static const QHash<QString, Tone> tones {
        { u"neutral"_s, Tone::neutral }, { u"accent"_s, Tone::accent }, { u"success"_s, Tone::success },
        { u"warning"_s, Tone::warning }, { u"danger"_s, Tone::danger },
    };
    if (const auto known = colors.constFind(name); known != colors.constEnd())
        return tokens.**known;
    const bool isSoft = name.endsWith("Soft"_L1);
    const auto tone = tones.constFind(isSoft ? name.chopped(4) : name);
    Q_ASSERT_X(tone != tones.constEnd(), "style.qss", qPrintable(name));
    return isSoft ? tokens.of(*tone).soft : tokens.of(*tone).ink;
}

// Fills in the style sheet: @name is a colour of the tokens, 8u a length that grows with the text.
QString styleSheet(const Tokens &tokens, double pixelsPerUnit)
{
    QFile file(u":/style/style.qss"_s);
    const bool isThere = file.open(QIODevice::ReadOnly);
    Q_ASSERT(isThere);
    const QString source = isThere ? QString::fromUtf8(file.readAll()) : QString();
    static const QRegularExpression word(u"@icons|@(\\w+)|\\b(\\d+)u\\b"_s);
    QString sheet;
    qsizetype end = 0;
    for (auto match = word.globalMatch(source); match.hasNext();) {
        const QRegularExpressionMatch found = match.next();
        sheet += QStringView(source).mid(end, found.capturedStart() - end);
        end = found.capturedEnd();
        if (found.hasCaptured(2))
            sheet += QString::number(qRound(found.captured(2).toInt() * pixelsPerUnit)) + u"px"_s;
        else if (found.hasCaptured(1))
            sheet += color(tokens, found.captured(1)).name();
        else
            sheet += tokens.isDark() ? u":/icons/on-dark"_s : u":/icons"_s;
    }
    sheet += QStringView(source).mid(end);
    return sheet;
}

} // namespace

Theme::Theme(QSettings &settings, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
    , m_system(std::make_unique<SystemAppearance>())
    , m_mode(modeOption.in(settings))
    , m_textPercent(std::clamp(textOption.in(settings), minTextPercent, maxTextPercent))
{
    QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
    connect(m_system.get(), &SystemAppearance::changed, this, &Theme::apply);
    apply();
}

Theme::~Theme() = default;

void Theme::setMode(Mode mode)
{
    m_mode = mode;
    modeOption.set(m_settings, mode);
    apply();
}

void Theme::setTextPercent(int percent)
{
    m_textPercent = std::clamp(percent, minTextPercent, maxTextPercent);
    textOption.set(m_settings, m_textPercent);
    apply();
}

void Theme::apply()
{
    const bool isDark = m_mode == Mode::dark || (m_mode == Mode::system && m_system->isDark());
    const Tokens &tokens = isDark ? Tokens::dark() : Tokens::light();
    QApplication::setFont(font(m_textPercent));
    QApplication::setPalette(tokens.toPalette());
    qApp->setStyleSheet(styleSheet(tokens, m_textPercent / 100.0));
    emit changed();
}
