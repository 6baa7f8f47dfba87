-- Which invoices a prepayment or an overpayment of Xero's was set against when it was read last: one that it is taken off names it no more.
CREATE TABLE money_on_account (
    money TEXT NOT NULL,
    invoice TEXT NOT NULL,
    PRIMARY KEY (money, invoice)
);
