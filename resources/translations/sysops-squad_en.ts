<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name>AccountingPage</name>
    <message numerus="yes">
        <source>%n differences in %1 tickets</source>
        <translation>
            <numerusform>%n difference in %1 tickets</numerusform>
            <numerusform>%n differences in %1 tickets</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Given up after %n repairs: a person has to look.</source>
        <translation>
            <numerusform>Given up after %n repair: a person has to look.</numerusform>
            <numerusform>Given up after %n repairs: a person has to look.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AppShell</name>
    <message numerus="yes">
        <source>The next try is in %n s.</source>
        <translation>
            <numerusform>The next try is in %n s.</numerusform>
            <numerusform>The next try is in %n s.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BalanceTable</name>
    <message numerus="yes">
        <source>%1: %n tickets were filed and are nowhere.</source>
        <translation>
            <numerusform>%1: %n ticket was filed and is nowhere.</numerusform>
            <numerusform>%1: %n tickets were filed and are nowhere.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %n tickets are there that nobody was told of.</source>
        <translation>
            <numerusform>%1: %n ticket is there that nobody was told of.</numerusform>
            <numerusform>%1: %n tickets are there that nobody was told of.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CalendarPage</name>
    <message numerus="yes">
        <source>The deadlines of its %n open tickets are worked out anew.</source>
        <translation>
            <numerusform>The deadlines of its one open ticket are worked out anew.</numerusform>
            <numerusform>The deadlines of its %n open tickets are worked out anew.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CalendarWords</name>
    <message numerus="yes">
        <source>%n days after %1</source>
        <translation>
            <numerusform>%n day after %1</numerusform>
            <numerusform>%n days after %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n days before %1</source>
        <translation>
            <numerusform>%n day before %1</numerusform>
            <numerusform>%n days before %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n holidays</source>
        <translation>
            <numerusform>%n holiday</numerusform>
            <numerusform>%n holidays</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CustomerDetail</name>
    <message numerus="yes">
        <source>%n used</source>
        <translation>
            <numerusform>%n used</numerusform>
            <numerusform>%n used</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EscalationPage</name>
    <message numerus="yes">
        <source>The timers of all %n open tickets follow.</source>
        <translation>
            <numerusform>The timers of the one open ticket follow.</numerusform>
            <numerusform>The timers of all %n open tickets follow.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DecisionView</name>
    <message numerus="yes">
        <source>%n experts were considered. The lowest sum of minutes gets the job.</source>
        <translation>
            <numerusform>%n expert was considered.</numerusform>
            <numerusform>%n experts were considered. The lowest sum of minutes gets the job.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n experts were considered, by the strategy “%1”.</source>
        <translation>
            <numerusform>%n expert was considered, by the strategy “%1”.</numerusform>
            <numerusform>%n experts were considered, by the strategy “%1”.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NavigationBar</name>
    <message numerus="yes">
        <source>%1, %n need attention</source>
        <translation>
            <numerusform>%1, %n needs attention</numerusform>
            <numerusform>%1, %n need attention</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ProductPage</name>
    <message numerus="yes">
        <source>%n products</source>
        <translation>
            <numerusform>%n product</numerusform>
            <numerusform>%n products</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RelativeTime</name>
    <message numerus="yes">
        <source>%n min ago</source>
        <translation>
            <numerusform>%n min ago</numerusform>
            <numerusform>%n min ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n min</source>
        <translation>
            <numerusform>%n min</numerusform>
            <numerusform>%n min</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n h</source>
        <translation>
            <numerusform>%n h</numerusform>
            <numerusform>%n h</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TicketListPage</name>
    <message numerus="yes">
        <source>%Ln tickets</source>
        <translation>
            <numerusform>%Ln ticket</numerusform>
            <numerusform>%Ln tickets</numerusform>
        </translation>
    </message>
</context>
</TS>
