#include "shared/ui/single_instance.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

class SingleInstanceTest : public QObject
{
    Q_OBJECT
private slots:
    void theSecondOneWakesTheFirst();
    void anotherProfileIsAnotherApp();
    void afterTheEndTheWayIsFree();

private:
    QTemporaryDir m_dir; // a key that no other run has
};

void SingleInstanceTest::theSecondOneWakesTheFirst()
{
    SingleInstance first(m_dir.filePath(u"a.ini"_s));
    SingleInstance second(m_dir.filePath(u"a.ini"_s));
    QSignalSpy raised(&first, &SingleInstance::raised);

    QVERIFY(first.claim());
    QVERIFY(!second.claim());

    QTRY_COMPARE(raised.size(), 1);
}

void SingleInstanceTest::anotherProfileIsAnotherApp()
{
    SingleInstance first(m_dir.filePath(u"a.ini"_s));
    SingleInstance second(m_dir.filePath(u"b.ini"_s));

    QVERIFY(first.claim());
    QVERIFY(second.claim());
}

void SingleInstanceTest::afterTheEndTheWayIsFree()
{
    auto first = std::make_unique<SingleInstance>(m_dir.filePath(u"a.ini"_s));
    QVERIFY(first->claim());
    first.reset();

    SingleInstance second(m_dir.filePath(u"a.ini"_s));
    QVERIFY(second.claim());
}

QTEST_GUILESS_MAIN(SingleInstanceTest)
#include "single_instance_test.moc"
