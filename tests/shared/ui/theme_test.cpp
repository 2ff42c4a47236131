#include "shared/ui/theme.h"

#include "shared/ui/icon.h"
#include "shared/ui/scaling.h"

#include <QApplication>
#include <QDirIterator>
#include <QRegularExpression>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class ThemeTest : public QObject
{
    Q_OBJECT
private slots:
    void textIsReadableInBothColours_data();
    void textIsReadableInBothColours();
    void whatCanBeOperatedIsSeenInBothColours_data();
    void whatCanBeOperatedIsSeenInBothColours();
    void theChoiceIsRememberedOverRestarts();
    void textOfAnySizeStaysWithinReason();
    void everyIconPaintsSomethingInItsColour();
    void theStyleSheetIsUnderstood();
};

namespace {

void addBothColours()
{
    QTest::addColumn<bool>("isDark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

} // namespace

void ThemeTest::textIsReadableInBothColours_data()
{
    addBothColours();
}

// WCAG 2.1, success criterion 1.4.3 (AA): 4.5 to 1.
void ThemeTest::textIsReadableInBothColours()
{
    QFETCH(bool, isDark);
    const Tokens &tokens = isDark ? Tokens::dark() : Tokens::light();
    QList<std::pair<QColor, QColor>> pairs {
        { tokens.onAccent, tokens.accent },
        { tokens.onAccent, tokens.accentHover },
        { tokens.sidebarText, tokens.sidebar },
        { tokens.sidebarText, tokens.sidebarActive },
        { tokens.onSidebarActive, tokens.sidebarActive },
        { tokens.canvas, tokens.text },
    };
    for (const QColor &ground : { tokens.canvas, tokens.surface, tokens.sunken, tokens.accentPair.soft }) {
        for (const QColor &ink : { tokens.text, tokens.muted })
            pairs += { ink, ground };
    }
    for (const QColor &ground : { tokens.canvas, tokens.surface })
        pairs += { tokens.accent, ground };
    for (const auto tone : { Tone::neutral, Tone::accent, Tone::success, Tone::warning, Tone::danger }) {
        pairs += { tokens.of(tone).ink, tokens.of(tone).soft };
        pairs += { tokens.of(tone).ink, tokens.surface };
    }

    for (const auto &[ink, ground] : pairs) {
        const QString which = u"%1 on %2: %3"_s.arg(ink.name(), ground.name()).arg(contrast(ink, ground));
        QVERIFY2(contrast(ink, ground) >= 4.5, qPrintable(which));
    }
}

void ThemeTest::whatCanBeOperatedIsSeenInBothColours_data()
{
    addBothColours();
}

// WCAG 2.1, success criterion 1.4.11 (AA): 3 to 1 for the outline of a field or button, and for the focus.
void ThemeTest::whatCanBeOperatedIsSeenInBothColours()
{
    QFETCH(bool, isDark);
    const Tokens &tokens = isDark ? Tokens::dark() : Tokens::light();

    for (const QColor &ground : { tokens.canvas, tokens.surface }) {
        QVERIFY2(
            contrast(tokens.outline, ground) >= 3,
            qPrintable(QString::number(contrast(tokens.outline, ground)))
        );
        QVERIFY(contrast(tokens.accent, ground) >= 3);
    }
    QVERIFY(contrast(tokens.onSidebarActive, tokens.sidebar) >= 3);
}

void ThemeTest::theChoiceIsRememberedOverRestarts()
{
    const QTemporaryDir dir;
    QSettings settings(dir.filePath(u"app.ini"_s), QSettings::IniFormat);
    {
        Theme theme(settings);
        theme.setMode(Theme::Mode::dark);
        theme.setTextPercent(150);
    }

    const Theme theme(settings);

    QCOMPARE(theme.mode(), Theme::Mode::dark);
    QVERIFY(Tokens::current().isDark());
    QCOMPARE(theme.textPercent(), 150);
    QCOMPARE(scaled(14), 21);
}

void ThemeTest::textOfAnySizeStaysWithinReason()
{
    const QTemporaryDir dir;
    QSettings settings(dir.filePath(u"app.ini"_s), QSettings::IniFormat);
    Theme theme(settings);

    theme.setTextPercent(5000);
    QCOMPARE(theme.textPercent(), Theme::maxTextPercent);
    theme.setTextPercent(-3);
    QCOMPARE(theme.textPercent(), Theme::minTextPercent);
}

void ThemeTest::everyIconPaintsSomethingInItsColour()
{
    const QTemporaryDir dir;
    QSettings settings(dir.filePath(u"app.ini"_s), QSettings::IniFormat);
    Theme theme(settings);
    theme.setMode(Theme::Mode::light);
    int count = 0;
    for (QDirIterator walk(u":/icons"_s, { u"*.svg"_s }, QDir::Files); walk.hasNext();) {
        const QString name = QFileInfo(walk.next()).completeBaseName();
        if (name == "sysops-squad"_L1)
            continue;
        const QImage image = icon(name, Tone::danger).pixmap(48).toImage();
        bool hasInk = false;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                hasInk = hasInk || image.pixelColor(x, y) == Tokens::light().danger.ink;
        }
        QVERIFY2(hasInk, qPrintable(name));
        ++count;
    }
    QVERIFY(count > 30);
}

void ThemeTest::theStyleSheetIsUnderstood()
{
    static int complaints;
    complaints = 0;
    const QTemporaryDir dir;
    QSettings settings(dir.filePath(u"app.ini"_s), QSettings::IniFormat);
    const QtMessageHandler before
        = qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &text) {
              complaints += text.contains("property"_L1) || text.contains("parse"_L1) ? 1 : 0;
          });

    const Theme theme(settings);
    QWidget window;
    window.show();
    qInstallMessageHandler(before);

    QCOMPARE(complaints, 0);
    QVERIFY(!qApp->styleSheet().contains(QRegularExpression(u"@|\\d+u\\b"_s)));
}

QTEST_MAIN(ThemeTest)
#include "theme_test.moc"
