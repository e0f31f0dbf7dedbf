import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { RpcException } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import { hash, verify } from '@node-rs/argon2';
import { Repository } from 'typeorm';
import { User } from './user.entity.ts';

/** The cost of Caravan's users service, so that a login compares all but the hash. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface Registration {
  email: string;
  password: string;
  name: string;
}

@Injectable()
export class UsersService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly jwt: JwtService,
  ) {}

  async register({ email, password, name }: Registration): Promise<object> {
    const passwordHash = await hash(password, ARGON2ID);
    return this.session(await this.users.save(this.users.create({ email, name, passwordHash })));
  }

  async login({ email, password }: Omit<Registration, 'name'>): Promise<object> {
    const user = await this.users.findOne({ where: { email } });
    if (!user || !(await verify(user.passwordHash, password))) throw new RpcException('wrong credentials');
    return this.session(user);
  }

  private async session({ id, email, name }: User): Promise<object> {
    const accessToken = await this.jwt.signAsync({ sub: id, email });
    return { user: { id, email, name }, accessToken, tokenType: 'Bearer' };
  }
}
