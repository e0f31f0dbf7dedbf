import 'reflect-metadata';
import { Module, Injectable } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { hello } from '@caravan/contracts';
@Injectable() class A { readonly x = hello }
@Module({ providers: [A] }) class M { constructor(private readonly a: A) { console.log(a.x, this.a.x); } }
await NestFactory.createApplicationContext(M);
