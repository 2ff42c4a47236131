#include "shared/ui/translation.h"

#include "shared/ui/relative_time.h"

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class TranslationTest : public QObject
{
    Q_OBJECT
private slots:
    void oneIsNotMany();
    void everythingCountedHasItsForms();
};

void TranslationTest::oneIsNotMany()
{
    const Translation translation;

    QCOMPARE(QCoreApplication::translate("TicketListPage", "%Ln tickets", nullptr, 1), u"1 ticket"_s);
    QCOMPARE(QCoreApplication::translate("TicketListPage", "%Ln tickets", nullptr, 2), u"2 tickets"_s);
}

// Looks for counted texts as a translator would, and finds none that the English file lacks. What is missing
// is added by running the command below in the root of the sources, and filling in the empty forms.
void TranslationTest::everythingCountedHasItsForms()
{
    const QString root = qEnvironmentVariable("SQUAD_SOURCE_DIR");
    const QString name = u"sysops-squad_en.ts"_s;
    const QTemporaryDir dir;
    QVERIFY(QFile::copy(root + u"/resources/translations/"_s + name, dir.filePath(name)));
    QProcess lupdate;
    lupdate.setWorkingDirectory(root);
    lupdate.start(
        QStringLiteral(LUPDATE),
        { u"-silent"_s,
          u"-pluralonly"_s,
          u"-no-obsolete"_s,
          u"-locations"_s,
          u"none"_s,
          u"-I"_s,
          u"."_s,
          u"shared/client"_s,
          u"shared/ui"_s,
          u"expert-client"_s,
          u"manager-client"_s,
          u"admin-client"_s,
          u"-ts"_s,
          dir.filePath(name) }
    );
    QVERIFY2(
        lupdate.waitForFinished() && lupdate.exitCode() == 0, lupdate.readAllStandardError().constData()
    );

    QFile updated(dir.filePath(name));
    QVERIFY(updated.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(updated.readAll());
    static const QRegularExpression unfinished(
        u"<source>([^<]*)</source>\\s*<translation type=\"unfinished\""_s
    );
    QStringList missing;
    for (auto match = unfinished.globalMatch(text); match.hasNext();)
        missing += match.next().captured(1);
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u'\n')));
}

QTEST_GUILESS_MAIN(TranslationTest)
#include "translation_test.moc"
