/** Models of the services that sagas talk to, for `explore` of `@caravan/saga/testing`. Each is compared with its service. */
export { payment, type PaymentState } from './payment.model.ts';
export { stock, type StockState } from './stock.model.ts';
