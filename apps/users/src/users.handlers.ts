import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { GetCustomers, GetSigningKeys, Login, Logout, Refresh, Register } from '@caravan/contracts';
import type { DataOf, ReplyOf } from '@caravan/contracts';
import { SigningKeysService } from './signing-keys.service.ts';
import { UsersService } from './users.service.ts';

@Controller()
export class UsersHandlers {
  constructor(
    private readonly users: UsersService,
    private readonly keys: SigningKeysService,
  ) {}

  @MessagePattern(Register.type)
  register(@Payload() data: DataOf<typeof Register>): Promise<ReplyOf<typeof Register>> {
    return this.users.register(data);
  }

  @MessagePattern(Login.type)
  login(@Payload() data: DataOf<typeof Login>): Promise<ReplyOf<typeof Login>> {
    return this.users.login(data);
  }

  @MessagePattern(Refresh.type)
  refresh(@Payload() data: DataOf<typeof Refresh>): Promise<ReplyOf<typeof Refresh>> {
    return this.users.refresh(data.refreshToken);
  }

  @MessagePattern(Logout.type)
  async logout(@Payload() data: DataOf<typeof Logout>): Promise<ReplyOf<typeof Logout>> {
    await this.users.logout(data.refreshToken);
    return {};
  }

  @MessagePattern(GetSigningKeys.type)
  getSigningKeys(): ReplyOf<typeof GetSigningKeys> {
    return { keys: this.keys.publicKeys() };
  }

  @MessagePattern(GetCustomers.type)
  async getCustomers(@Payload() data: DataOf<typeof GetCustomers>): Promise<ReplyOf<typeof GetCustomers>> {
    return { customers: await this.users.customers(data.ids) };
  }
}
