/** Every call of the API, by the name that fault rules use. */
export const operations = [
  'create',
  'confirm',
  'capture',
  'cancel',
  'refund',
  'retrieve',
  'list',
  'search',
  'retrieve-refund',
  'list-refunds',
  'retrieve-event',
  'list-events',
  'retrieve-charge',
  'list-charges',
  'update-dispute',
  'close-dispute',
  'retrieve-dispute',
  'list-disputes',
] as const;

export type Operation = (typeof operations)[number];

const routes = new Map<string, Operation>([
  ['POST payment_intents', 'create'],
  ['POST payment_intents/:id/confirm', 'confirm'],
  ['POST payment_intents/:id/capture', 'capture'],
  ['POST payment_intents/:id/cancel', 'cancel'],
  ['POST refunds', 'refund'],
  ['GET payment_intents/:id', 'retrieve'],
  ['GET payment_intents', 'list'],
  ['GET payment_intents/search', 'search'],
  ['GET refunds/:id', 'retrieve-refund'],
  ['GET refunds', 'list-refunds'],
  ['GET events/:id', 'retrieve-event'],
  ['GET events', 'list-events'],
  ['GET charges/:id', 'retrieve-charge'],
  ['GET charges', 'list-charges'],
  ['POST disputes/:id', 'update-dispute'],
  ['POST disputes/:id/close', 'close-dispute'],
  ['GET disputes/:id', 'retrieve-dispute'],
  ['GET disputes', 'list-disputes'],
]);

/** The call that a method and a path under `/v1/` mean, and the id in the path. */
export function route(method: string, path: string): { operation: Operation; id: string } | undefined {
  const [, , kind, id, verb, ...rest] = path.split('/');
  if (rest.length > 0) return undefined;
  const exact = routes.get(`${method} ${kind}${id === undefined ? '' : `/${id}`}`);
  if (exact && verb === undefined) return { operation: exact, id: '' };
  const operation = routes.get(`${method} ${kind}/:id${verb === undefined ? '' : `/${verb}`}`);
  return operation && id ? { operation, id: id } : undefined;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));
const payment = `expand payment_method payment_method_data payment_method_options payment_details off_session return_url receipt_email
  shipping setup_future_usage mandate mandate_data confirmation_token error_on_requires_action use_stripe_sdk hooks radar_options
  amount_details capture_method allowed_payment_method_types excluded_payment_method_types payment_method_types`;
const page = 'limit starting_after ending_before expand';

/** What parameters that are hashes may hold, of those that the sandbox reads. */
export const nested: Readonly<Record<string, ReadonlySet<string>>> = {
  automatic_payment_methods: words('enabled allow_redirects'),
  created: words('gt gte lt lte'),
};

/** The parameters each call has (of Stripe API 2026-10-28); those the sandbox has no use for are ignored. */
export const parameters: Readonly<Record<Operation, ReadonlySet<string>>> = {
  create:
    words(`${payment} amount currency confirm confirmation_method customer customer_account description metadata on_behalf_of
    application_fee_amount automatic_payment_methods payment_method_configuration statement_descriptor
    statement_descriptor_suffix transfer_data transfer_group`),
  confirm: words(`${payment} amount_to_confirm`),
  capture:
    words(`expand amount_to_capture amount_details application_fee_amount final_capture hooks metadata payment_details
    statement_descriptor statement_descriptor_suffix transfer_data`),
  cancel: words('expand cancellation_reason'),
  refund:
    words(`expand amount charge currency customer instructions_email metadata origin payment_intent reason
    refund_application_fee reverse_transfer`),
  retrieve: words('expand client_secret'),
  list: words(`${page} created customer customer_account`),
  search: words('query expand limit page'),
  'retrieve-refund': words('expand'),
  'list-refunds': words(`${page} charge created payment_intent`),
  'retrieve-event': words('expand'),
  'list-events': words(`${page} created delivery_success type types`),
  'retrieve-charge': words('expand'),
  'list-charges': words(`${page} created customer payment_intent transfer_group`),
  'update-dispute': words('expand evidence metadata submit'),
  'close-dispute': words('expand'),
  'retrieve-dispute': words('expand'),
  'list-disputes': words(`${page} charge created payment_intent`),
};
