const PRODUCT = 'Product:';

/** The global id of a product. Orders and customers have theirs already, uuids, which a colon cannot be part of. */
export const productId = (sku: string): string => `${PRODUCT}${sku}`;

/** The sku of a product's global id, or undefined for any other id. */
export const skuOf = (id: string): string | undefined =>
  id.startsWith(PRODUCT) ? id.slice(PRODUCT.length) : undefined;
