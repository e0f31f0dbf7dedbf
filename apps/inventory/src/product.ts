/** What the shop sells. How many pieces there are is stock's business. */
export class Product {
  constructor(
    readonly sku: string,
    readonly name: string,
    readonly description: string,
    readonly category: string,
    readonly priceMinor: number,
    readonly currency: string,
  ) {}
}
